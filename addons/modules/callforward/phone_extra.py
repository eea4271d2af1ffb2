"""What a phone's page says about its forwarding."""

from addons.api import Boolean, Number, Tab

ALLOWED = ("allowed", True)

tabs = [Tab("forwarding", "Forwarding")]
params = [
    Boolean("allowed", "Calls may be forwarded", tab="forwarding", help="Also from the phone itself, by the codes under Call forwarding."),
    Number(
        "number",
        "Forward all calls to",
        tab="forwarding",
        pattern=r"\d{2,20}",
        show_if=ALLOWED,
        help="As it is dialled on a phone. Whatever is set last counts, here or on the phone.",
    ),
    Boolean(
        "outside",
        "Calls from outside may go outside",
        tab="forwarding",
        show_if=ALLOWED,
        help="Then strangers' calls are carried on at your cost; they still need an outgoing line that takes the number.",
    ),
]
