"""The form's fields, in their order. What is stored, listed, exported and checked follows from them.

Every kind takes these; the comments say what a kind takes beside them:
  tab       the tab that it is on; the first one if it names none
  group     a heading within the tab
  help      what stands below the field
  default   what a new record has, and what a record means that was stored before the param was there
  required  whether it must be given
  show_if   ("limited", True): it is there only while the param "limited" has that value, and is else empty and never wrong
  unique    whether no other record, or in a table no other row, may have the same value; one that is empty never counts
  key       the one param by which files name a record of the list
Kinds that are typed take a placeholder, too: an example, shown as long as the field is empty.
"""

from django.utils.translation import gettext_lazy as _

from addons.api import (
    Boolean,
    Choice,
    Date,
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

params = [
    # Number: dialled. With context it must be free there; pattern says which numbers may be given.
    Number("number", "Number", tab="general", key=True, required=True, context="internal", placeholder="*55", help="What people dial."),
    # Text: pattern (a regular expression), maximum (characters), expressions (lets Asterisk's ${...} through).
    # Every label, help, group, placeholder and heading may be lazy, to be translated when it is shown.
    Text("name", _("Name"), tab="general", maximum=60, unique=True, placeholder="Opening hours"),
    # Integer: minimum, maximum.
    Integer("pause", "Pause before it speaks", tab="general", default=1, minimum=0, maximum=10, help="Seconds."),
    # MultiChoice: any of the choices.
    MultiChoice("announce", "Say first", tab="general", choices=[("time", "The time"), ("number", "The caller's number")]),
    # Secret: encrypted, never shown again, and exported only where it is asked for. What commit.py makes of it, others may read.
    Secret("code", "Code", tab="general", pattern=r"\d{4,10}", help="4 to 10 digits that the caller must enter; empty for none."),
    # Choice: choices are texts, or pairs of a text and its label.
    Choice(
        "after",
        "After the messages",
        tab="general",
        group="In the end",
        default="hangup",
        choices=[("hangup", "Hang up"), ("phone", "Ring a phone")],
    ),
    # Reference: another record by its key; to="phone", "line_in", "line_out", "trunk", "tenant" or an addon that is in requires.
    Reference("phone", "Phone to ring", tab="general", group="In the end", to="phone", show_if=("after", "phone")),
    # PhoneNumber: of the public network; blanks and dashes are taken out. Takes a pattern.
    PhoneNumber(
        "shown",
        "Number that it shows",
        tab="general",
        group="In the end",
        show_if=("after", "phone"),
        placeholder="+1 514 555 0100",
        help="Empty keeps the caller's own.",
    ),
    # Boolean.
    Boolean("limited", "Only at certain hours", tab="hours"),
    # Weekdays: any days of the week, as mon, tue, ...
    Weekdays("days", "Days", tab="hours", default=["mon", "tue", "wed", "thu", "fri"], show_if=("limited", True)),
    # Time: as 08:30.
    Time("opens", "From", tab="hours", default="08:00", required=True, show_if=("limited", True)),
    Time("closes", "To", tab="hours", default="18:00", required=True, show_if=("limited", True)),
    # TimeRange: as 12:00-13:00.
    TimeRange("lunch", "Break", tab="hours", show_if=("limited", True)),
    # Destination: any place where a call can go, such as phone:101, ringgroup:600 or hangup.
    Destination("closed", "Outside the hours", tab="hours", default="hangup", required=True, show_if=("limited", True)),
    # Date: as 2026-12-24.
    Date("until", "Last day", tab="hours", help="From the day after, it hangs up; empty for never."),
    # MultiList: a table of rows, each with params of its own. A file may give a row as the bare value of its first param.
    MultiList(
        "messages",
        "Messages",
        tab="messages",
        maximum=20,
        params=[
            # Sound: the name of a sound that the server can play.
            Sound("sound", "Sound", required=True, help="A sound file on the server."),
            Integer("times", "Times", default=1, minimum=1, maximum=5, required=True),
        ],
    ),
    # Email.
    Email("contact", "Who looks after it", tab="about", placeholder="alice@acme.example", help="Kept in the AstDB, with the next one."),
    # IPAddress: IPv4 or IPv6; network=True takes 192.0.2.0/24, too.
    IPAddress("recorder", "Where it was recorded", tab="about", network=True, placeholder="192.0.2.10"),
]
