"""A blacklist: callers from outside whose calls are refused."""

from addons.api import Info

info = Info(
    name="Blacklist",
    description="Numbers whose calls from outside are refused.",
    version="1.0",
    scope="tenant",
    record="blacklisted number",
)
