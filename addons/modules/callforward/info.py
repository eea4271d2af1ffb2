"""Call forwarding: staff, and whoever has the phone, send a phone's calls somewhere else."""

from addons.api import Info

info = Info(
    name="Call forwarding",
    description="Sends a phone's calls to another number, set on the phone's page or dialled on the phone.",
    version="1.0",
    scope="tenant",
)
