"""The one file that every addon has. This addon shows each feature once; `manage.py addon new NAME` copies it."""

from addons.api import Info

info = Info(
    name="Information line",
    description="A number that plays messages one after another. It is here to show addon authors each feature once.",
    version="1.0",
    scope="tenant",
)
