"""What a change would do to a tenant's phones, found by making it and taking it back."""

from collections.abc import Callable

from django.db import transaction

from dialplan.build.diff import plan_text
from dialplan.state import Desired, desired
from tenants.schema import open_tenant


def preview(slug: str, act: Callable[[], object]) -> str:
    """What `act` would add (+), change (~) and take away (-) on the tenant's nodes; "" when nothing. Raises what `act` raises."""
    with transaction.atomic():
        before = _state(slug)
        act()
        after = _state(slug)
        transaction.set_rollback(True)
    return plan_text(before.lines, after.lines, before.entries, after.entries)


def _state(slug: str) -> Desired:
    with open_tenant(slug):
        return desired(slug)
