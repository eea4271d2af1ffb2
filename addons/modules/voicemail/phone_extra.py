"""What a phone's page says about its box."""

from addons.api import Boolean, Secret, Sound

ENABLED = ("enabled", True)

params = [
    Boolean("enabled", "Calls that nobody answers go to a box"),
    Secret(
        "pin",
        "PIN",
        pattern=r"\d{4,10}",
        show_if=ENABLED,
        help="4 to 10 digits. Without one, nobody but the phone itself can listen, and nobody who picks it up is asked.",
    ),
    Sound("greeting", "Greeting", default="vm-intro", required=True, show_if=ENABLED),
]
