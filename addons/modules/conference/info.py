"""Conferences: rooms that people call to talk with each other."""

from addons.api import Info

info = Info(
    name="Conferences",
    description="Rooms that people call to talk with each other, behind a PIN if wanted.",
    version="1.0",
    scope="tenant",
    record="conference",
)
