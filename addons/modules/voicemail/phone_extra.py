"""What a phone's page says about its box."""

from addons.api import Boolean, Secret, Sound, Tab

ENABLED = ("enabled", True)

tabs = [Tab("voicemail", "Voicemail")]
params = [
    Boolean("enabled", "Calls that nobody answers go to a box", tab="voicemail"),
    Secret(
        "pin",
        "PIN",
        tab="voicemail",
        pattern=r"\d{4,10}",
        show_if=ENABLED,
        help="4 to 10 digits. Without one, nobody but the phone itself can listen, and nobody who picks it up is asked.",
    ),
    Sound("greeting", "Greeting", tab="voicemail", default="vm-intro", required=True, show_if=ENABLED),
]
