"""Keeps count of a tenant's phones where operators see it, and refuses those beyond its limit, whichever door they come through."""

from dialplan.models import Phone
from dialplan.refusal import Refused
from tenants.life.limits import too_many_phones
from tenants.models import Tenant


def count_phones(slug: str) -> None:
    """Stores how many phones the open tenant has. Raises Refused when there are more than before, and more than allowed."""
    used = Phone.objects.count()
    before, allowed = Tenant.objects.values_list("phones", "phone_limit").get(schema_name=slug)
    if used == before:
        return
    if allowed is not None and used > max(before, allowed):
        raise Refused(too_many_phones(allowed, before))
    # Whoever holds the row changes the tenant, so that they count again; waiting for them could be mutual.
    free = Tenant.objects.filter(schema_name=slug).select_for_update(skip_locked=True, no_key=True)
    Tenant.objects.filter(pk__in=[tenant.pk for tenant in free]).update(phones=used)
