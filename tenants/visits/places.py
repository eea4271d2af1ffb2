"""Where a person may go."""

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils import timezone
from django_tenants.utils import get_public_schema_name

from tenants.access import role_at
from tenants.models import Tenant, User
from tenants.schema import current_slug
from tenants.slugs import SLUG
from tenants.visits.models import Visited


def places_of(user: User, search: str = "") -> QuerySet[Tenant]:
    """The tenants whose consoles somebody may enter, but for the open one; those that they went to last come first."""
    found = Tenant.objects.exclude(schema_name__in=(get_public_schema_name(), current_slug()))
    if not user.is_operator:
        found = found.filter(memberships__user=user, suspended=None)
    if search:
        found = found.filter(Q(name__icontains=search) | Q(schema_name__icontains=search) | Q(domains__domain__icontains=search)).distinct()
    mine = FilteredRelation("visits", condition=Q(visits__user=user))
    return found.annotate(mine=mine).annotate(last=F("mine__at")).order_by(F("last").desc(nulls_last=True), "name", "schema_name")


def place_of(user: User, slug: str) -> Tenant | None:
    """The tenant with this slug, if somebody may enter its console."""
    return Tenant.objects.filter(schema_name=slug).first() if SLUG.fullmatch(slug) and role_at(user, slug) is not None else None


def remember(user: User, tenant: Tenant) -> None:
    """Notes that somebody is taken to this tenant's console now."""
    Visited.objects.update_or_create(user_id=user.pk, tenant=tenant, defaults={"at": timezone.now()})
