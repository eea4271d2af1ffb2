"""What a ring group holds."""

from addons.api import Boolean, Choice, Destination, Integer, MultiList, Number, Reference, Text

MOST = 100  # Asterisk substitutes at most 4,096 bytes for a variable, and a member takes up to 34

params = [
    Number("number", "Number", tab="general", key=True, required=True, context="internal", placeholder="600", help="What people dial."),
    Text("name", "Name", tab="general", maximum=60, help="For people who read the list, for example 'Sales'."),
    Choice(
        "strategy",
        "Rings",
        tab="general",
        default="all",
        required=True,
        choices=[("all", "All at once"), ("turn", "One after the other")],
        help="One after the other goes by the order of the members.",
    ),
    Integer(
        "seconds",
        "Seconds",
        tab="general",
        default=20,
        minimum=1,
        maximum=600,
        required=True,
        help="For how long it rings; one after the other, each phone.",
    ),
    Boolean("skip_busy", "Leave out busy phones", tab="general", default=True, help="Otherwise a second call rings at them."),
    Destination("after", "If nobody answers", tab="general", default="hangup", required=True),
    MultiList(
        "members",
        "Members",
        tab="members",
        maximum=MOST,
        help="The phones that ring, without the forwards and the voicemail that they have for themselves.",
        params=[Reference("phone", "Phone", to="phone", required=True, unique=True)],
    ),
]
