"""Operators who look at a tenant's console as its staff see it: noted there, without a hand on anything, and for an hour."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from tenants.access import standing_at
from tenants.audit.trail import note
from tenants.models import CustomRole, Membership, Tenant, User
from tenants.staff.permissions import Standing, grantable

KEY = "looking"  # the session's key, at the tenant's console
LONGEST = timedelta(hours=1)
ROLES = (Membership.Role.VIEWER, Membership.Role.EDITOR, Membership.Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Way:
    """As whom one may look: `who` is "person:ID", "custom:ID" or "role:NAME"."""

    who: str
    name: str


@dataclass(frozen=True, slots=True)
class Looking:
    """As whom somebody looks, and until when."""

    who: str
    name: str
    until: float

    def data(self) -> dict[str, Any]:
        """What a session keeps."""
        return asdict(self)

    def standing(self, slug: str) -> Standing | None:
        """What one then is at the tenant, as it is now; None when the time is over, or there is no such person or role any more."""
        if timezone.now().timestamp() >= self.until:
            return None
        kind, _, which = self.who.partition(":")
        if kind == "role":
            return Standing(which)
        if kind == "person":
            return standing_at(User.objects.filter(pk=which, is_superuser=False).first(), slug)
        found = CustomRole.objects.filter(pk=which, tenant__schema_name=slug).first()
        return Standing(Membership.Role.CUSTOM, grantable(found.permissions)) if found else None


def roles_of(tenant: Tenant) -> list[Way]:
    """The roles at a tenant."""
    own = [Way(f"custom:{role.pk}", role.name) for role in tenant.roles.all()]
    return [*(Way(f"role:{role.value}", str(role.label)) for role in ROLES), *own]


def people_of(tenant: Tenant) -> Iterator[Way]:
    """The people of a tenant, with their roles; none is anything at one that is suspended."""
    if tenant.suspended:
        return
    found = tenant.memberships.filter(user__is_active=True, user__is_superuser=False).select_related("user", "custom_role")
    for each in found.order_by("user__username"):
        yield Way(f"person:{each.user.pk}", f"{each.user.get_full_name() or each.user.username} ({each.role_name})")


def looking_as(tenant: Tenant, who: str) -> Looking | None:
    """A look that begins now; None when there is nobody like that."""
    way = next((way for way in (*roles_of(tenant), *people_of(tenant)) if way.who == who), None)
    return Looking(way.who, way.name, (timezone.now() + LONGEST).timestamp()) if way else None


def looking_of(request: HttpRequest) -> Looking | None:
    """As whom the session of a request looks; None for all who are there as themselves."""
    session = getattr(request, "session", None)
    told = session.get(KEY) if session is not None else None
    return Looking(**told) if told else None


def note_beginning(request: HttpRequest) -> None:
    """Tells the tenant's audit trail that somebody begins to look."""
    if looking := looking_of(request):
        until = datetime.fromtimestamp(looking.until, timezone.get_current_timezone()).isoformat(timespec="minutes")
        note("began", kind="looking", actor=request.user.get_username(), key=f"as {looking.name}", values={"until": until})


@receiver(user_logged_out)
def note_end(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if user is not None and (looking := looking_of(request)):
        note("ended", kind="looking", actor=user.get_username(), key=f"as {looking.name}")
