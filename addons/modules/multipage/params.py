"""What a page across tenants holds."""

from addons.api import Boolean, Number, Reference, Secret, Text

params = [
    Number("number", "Number", tab="general", key=True, required=True, context="internal", placeholder="*80", help="What callers dial."),
    Text("name", "Name", tab="general", maximum=60),
    Boolean("duplex", "Let members talk back", tab="general", help="Otherwise only the caller is heard."),
    Boolean("quiet", "No beep for the caller", tab="general"),
    Secret("pin", "PIN", tab="general", pattern=r"\d{4,10}", help="4 to 10 digits that a caller must enter first; empty for none."),
    Reference(
        "callers", "Callers", tab="reach", to="tenant", many=True, everything=True, required=True, default="all", help="Who may dial it."
    ),
    Reference(
        "tenants",
        "Tenants",
        tab="reach",
        to="tenant",
        many=True,
        everything=True,
        required=True,
        default="all",
        help="Who is paged, of those on the caller's own server.",
    ),
    Number(
        "group",
        "Paging group",
        tab="reach",
        required=True,
        default="*70",
        help="The number of the paging group that speaks in each tenant. A tenant without such a group is left out.",
    ),
]
