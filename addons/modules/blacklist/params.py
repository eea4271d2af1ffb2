"""What an entry of the blacklist holds."""

from addons.api import PhoneNumber, Text

params = [
    PhoneNumber("number", "Caller", key=True, required=True, placeholder="5145551234", help="As your carrier shows it."),
    Text("note", "Why", maximum=100),
]
