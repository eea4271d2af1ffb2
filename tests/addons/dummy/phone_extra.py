"""Fields on a tab of their own, one of which makes the phone a place that calls can be sent to."""

from addons.api import Boolean, Choice, Tab

tabs = [Tab("dummy", "Dummy phone")]
params = [
    Boolean("listed", "Can be chosen", tab="dummy"),
    Choice("lose", "Loses", tab="dummy", choices=["all", "second", "hangup", "hint"], help="Which of its lines are taken away."),
]
