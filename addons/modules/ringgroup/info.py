"""Ring groups: a number that rings several phones, all at once or one after the other, and then goes on somewhere else."""

from addons.api import Info

info = Info(
    name="Ring groups",
    description="A number that rings several phones, and sends a call that nobody answers somewhere else.",
    version="1.0",
    scope="tenant",
    record="ring group",
)
