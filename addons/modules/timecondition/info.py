"""Opening hours: calls go one way while it is open, and another way when it is closed."""

from addons.api import Info

info = Info(
    name="Opening hours",
    description="Sends calls one way within the weekly hours, and another way outside of them and on holidays.",
    version="1.0",
    scope="tenant",
    record="opening hours",
)
