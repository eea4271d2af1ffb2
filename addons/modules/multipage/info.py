"""Multipage: a number that pages one paging group in each of many tenants at once."""

from addons.api import Info

info = Info(
    name="Paging across tenants",
    description="A number that is heard on a paging group of many tenants at once.",
    version="1.0",
    scope="server",
    requires=("paging",),
    record="page across tenants",
)
