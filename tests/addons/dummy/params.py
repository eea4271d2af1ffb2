"""Every kind of param, and every keyword of each."""

from django.utils.translation import gettext_lazy as _

from addons.api import (
    Boolean,
    Choice,
    Date,
    DeclarationError,
    Destination,
    Email,
    Integer,
    IPAddress,
    MultiChoice,
    MultiList,
    Number,
    PhoneNumber,
    Reference,
    Secret,
    Sound,
    Text,
    Time,
    TimeRange,
    Weekdays,
)

MODES = ["open", ("pin", _("Behind a PIN"))]
if len(MODES) != 2:
    raise DeclarationError("a dummy has two modes")

ROW = [
    Reference("phone", "Phone", to="phone", required=True, unique=True),
    Integer("times", "Times", default=1, minimum=1, maximum=9),
]

params = [
    Number("number", "Number", key=True, required=True, pattern=r"\*9\d", context="internal", placeholder="*90", help="What one dials."),
    Text("name", _("Name"), unique=True, pattern=r"[^;]*", maximum=60, placeholder="Front", expressions=True),
    Integer("seconds", "Seconds", default=5, minimum=1, maximum=60, placeholder="5"),
    Choice("mode", "Mode", choices=MODES, default="open"),
    Secret("pin", "PIN", group="Guard", show_if=("mode", "pin"), required=True, pattern=r"\d{4}", placeholder="4711"),
    Boolean("loud", "Loud", group="Guard"),
    Date("day", "Day", tab="times"),
    Time("clock", "Time", tab="times", default="08:00"),
    TimeRange("hours", "Hours", tab="times"),
    Weekdays("days", "Days", tab="times", default=["mon"]),
    MultiChoice("flags", "Flags", tab="times", choices=["red", ("blue", "Blue")]),
    PhoneNumber("line", "Line", tab="people", pattern=r"\+?\d+", placeholder="+1 514 555 0100"),
    Email("mail", "Mail", tab="people", placeholder="al@acme.example"),
    IPAddress("host", "Host", tab="people", network=True, placeholder="192.0.2.1"),
    Sound("sound", "Sound", tab="people", placeholder="hello-world"),
    Reference("group", "Group", tab="people", to="paging", placeholder="*70"),
    Reference("phones", "Phones", tab="people", to="phone", many=True, everything=True, default="all"),
    Destination("then", "Then", tab="people", default="hangup", placeholder="phone:101"),
    MultiList("rows", "Rows", tab="rows", required=True, params=ROW, minimum=1, maximum=3),
]
