"""An addon that uses every extension point at least once. Only test_dummy.py installs it; no registry finds it by itself."""

from addons.api import Info

info = Info(
    name="Dummy",
    description="Uses all that an addon can use.",
    version="2.0",
    scope="tenant",
    requires=("paging",),
    record="dummy record",
)
