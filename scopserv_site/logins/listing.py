"""Sessions as pages list them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from tenants.logins.agents import device
from tenants.logins.models import Session
from tenants.models import Tenant
from tenants.visits.looking import KEY as LOOKING


@dataclass(frozen=True, slots=True)
class ListedSession:
    """One line of the list; `where` is empty as long as all are at the console that shows them."""

    handle: str
    device: str
    where: str
    address: str
    opened: datetime | None
    seen: datetime
    is_this: bool
    looks_as: str  # of operators who look at a console as its staff see it


def listed(sessions: Iterable[Session], request: HttpRequest) -> list[ListedSession]:
    """The sessions, the newest one first."""
    found = list(sessions)
    slugs = {session.slug for session in found}
    tenant = getattr(request, "tenant", None)
    if slugs <= {tenant.slug if tenant else ""}:
        names: dict[str, str] = {}
    else:
        names = {"": "Operators' console"} | dict(Tenant.objects.filter(schema_name__in=slugs).values_list("schema_name", "name"))
    return [
        ListedSession(
            handle=session.handle,
            device=device(session.agent),
            where=names.get(session.slug, ""),
            address=session.address or "",
            opened=session.opened,
            seen=session.seen,
            is_this=session.session_key == request.session.session_key,
            looks_as=session.get_decoded().get(LOOKING, {}).get("name", ""),
        )
        for session in found
    ]


def with_handle(sessions: Iterable[Session], handle: str) -> Session | None:
    """The one of these sessions that a page means."""
    return next((session for session in sessions if session.handle == handle), None)
