"""Whether a tenant is live, suspended or a template, as operators' list shows and filters it."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest

from tenants.models import Tenant

LIVE, SUSPENDED, TEMPLATE = "live", "suspended", "template"
_CONDITIONS = {
    SUSPENDED: Q(suspended__isnull=False),
    TEMPLATE: Q(suspended=None, is_template=True),
    LIVE: Q(suspended=None, is_template=False),
}


def standing(tenant: Tenant) -> str:
    """One of the three words."""
    if tenant.suspended:
        return SUSPENDED
    return TEMPLATE if tenant.is_template else LIVE


def standing_order() -> Case:
    """What a list is sorted by."""
    return Case(*(When(condition, then=Value(word)) for word, condition in _CONDITIONS.items()))


class StandingFilter(SimpleListFilter):
    """Those of one kind alone."""

    title, parameter_name = "state", "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(word, word.title()) for word in (LIVE, SUSPENDED, TEMPLATE)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        condition = _CONDITIONS.get(self.value() or "")
        return queryset.filter(condition) if condition else queryset
