"""Paging: a number that makes many phones of the tenant speak at once."""

from addons.api import Info

info = Info(
    name="Paging groups",
    description="A number that is heard on many phones of this tenant at once.",
    version="1.0",
    scope="tenant",
    record="paging group",
)
