"""What a menu holds."""

from addons.api import Boolean, Choice, Destination, Integer, MultiList, Number, Sound, Text

params = [
    Number(
        "number",
        "Number",
        tab="general",
        key=True,
        required=True,
        context="internal",
        pattern=r"\d{2,10}",
        placeholder="700",
        help="What people dial; digits only.",
    ),
    Text("name", "Name", tab="general", maximum=60, help="For people who read the list, for example 'Main menu'."),
    Sound("greeting", "Greeting", tab="general", required=True, default="basic-pbx-ivr-main", help="The sound that says what to press."),
    Integer("seconds", "Seconds to choose", tab="general", default=5, minimum=1, maximum=60, required=True),
    Integer("tries", "Tries", tab="general", default=3, minimum=1, maximum=9, required=True, help="How often the greeting is heard."),
    Boolean("dial", "Callers may dial a phone's number", tab="general", help="Phones of this tenant, and nothing else."),
    Destination("otherwise", "If nothing is chosen", tab="general", default="hangup", required=True),
    MultiList(
        "keys",
        "Keys",
        tab="keys",
        maximum=12,
        params=[
            Choice("key", "Key", choices=[*"1234567890", ("*", "Star"), ("#", "Hash")], required=True, unique=True),
            Destination("destination", "Goes to", required=True),
        ],
    ),
]
