"""Voicemail: a box for a phone, where callers leave messages when nobody answers."""

from addons.api import Info

info = Info(
    name="Voicemail",
    description="Lets callers leave a message when a phone does not answer.",
    version="1.0",
    scope="tenant",
)
