"""The form's fields, in their order. What is stored, listed, exported and checked follows from them.

Every kind takes tab, help, default, required and key; the comments say what else it takes.
"""

from addons.api import Boolean, Choice, Integer, MultiChoice, MultiList, Number, Reference, Secret, Text, Time

DAYS = [
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
]

params = [
    # Number: dialled, so it must be free in the context. One param of a list's records is the key, by which files name a record.
    Number("number", "Number", tab="general", key=True, required=True, context="internal", placeholder="*55", help="What people dial."),
    # Text: pattern, maximum (characters), placeholder, expressions (lets Asterisk's ${...} through).
    Text("name", "Name", tab="general", maximum=60),
    # Integer: minimum, maximum.
    Integer("pause", "Pause before it speaks", tab="general", default=1, minimum=0, maximum=10, help="Seconds."),
    # Choice: choices are texts, or pairs of a text and its label.
    Choice("after", "After the messages", tab="general", default="hangup", choices=[("hangup", "Hang up"), ("phone", "Ring a phone")]),
    # Reference: another record by its key; to="phone", "line_in", "line_out", "trunk", "tenant" or an addon that is in requires.
    Reference("phone", "Phone to ring", tab="general", to="phone"),
    # Secret: never shown again.
    Secret("code", "Code", tab="general", pattern=r"\d{4,10}", help="4 to 10 digits that the caller must enter; empty for none."),
    # Boolean.
    Boolean("limited", "Only at certain hours", tab="hours"),
    # Time: as 08:30.
    Time("opens", "From", tab="hours", default="08:00", required=True),
    Time("closes", "To", tab="hours", default="18:00", required=True),
    # MultiChoice: any of the choices.
    MultiChoice("days", "Days", tab="hours", choices=DAYS, default=["mon", "tue", "wed", "thu", "fri"]),
    # MultiList: a table of rows, each with params of its own. A file may give a row as the bare value of its first param.
    MultiList(
        "messages",
        "Messages",
        tab="messages",
        maximum=20,
        params=[
            Text(
                "sound",
                "Sound",
                required=True,
                pattern=r"[a-z0-9][a-z0-9/_-]*",
                placeholder="hello-world",
                help="A sound file on the server.",
            ),
            Integer("times", "Times", default=1, minimum=1, maximum=5, required=True),
        ],
    ),
]
