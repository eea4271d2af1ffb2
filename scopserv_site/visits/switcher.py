"""What the switcher in the header offers."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html

from tenants.addresses import console_address
from tenants.models import Tenant
from tenants.schema import current_slug
from tenants.visits.looking import looking_of
from tenants.visits.places import places_of

SHOWN = 8
FORM = "switcher-form"  # the switcher's own, which is on each page of those who have where to go


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Other consoles that somebody may go to; false where there is none."""

    operators: bool
    places: list[Tenant]
    more: bool

    def __bool__(self) -> bool:
        return self.operators or bool(self.places)


def elsewhere(request: HttpRequest) -> Elsewhere | None:
    """In one query, of however many tenants; who looks is to stop looking first."""
    if looking_of(request):
        return None
    person: Any = request.user
    found = list(places_of(person)[: SHOWN + 1])
    return Elsewhere(person.is_operator and bool(current_slug()), found[:SHOWN], len(found) > SHOWN)


def visit_button(tenant: Tenant) -> str:
    """Where a tenant's console is, as a button that leads there, logged in; for operators' lists, with its domains prefetched."""
    address = console_address(tenant).rstrip("/")
    if not address:
        return "no host name"
    return format_html('<button type="submit" form="{}" name="to" value="{}" class="visit">{}</button>', FORM, tenant.slug, address)
