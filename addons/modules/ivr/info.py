"""Menus: a voice says what to press, and each key leads somewhere."""

from addons.api import Info

info = Info(
    name="Menus",
    description="A voice that says what to press, and for each key a place where the call goes.",
    version="1.0",
    scope="tenant",
    record="menu",
)
