"""What a paging group holds."""

from addons.api import Boolean, MultiList, Number, Reference, Text

params = [
    Number("number", "Number", tab="general", key=True, required=True, context="internal", placeholder="*70", help="What people dial."),
    Text("name", "Name", tab="general", maximum=60, help="For people who read the list, for example 'Warehouse'."),
    Boolean("duplex", "Let members talk back", tab="general", help="Otherwise only the caller is heard."),
    Boolean("quiet", "No beep for the caller", tab="general", help="Otherwise a beep tells the caller when to speak."),
    Boolean("skip_busy", "Leave out busy phones", tab="general", default=True, help="Otherwise a page may break into a call."),
    MultiList(
        "members",
        "Members",
        tab="members",
        help="The phones that speak. Whoever calls is left out by itself.",
        params=[Reference("phone", "Phone", to="phone", required=True)],
    ),
]
