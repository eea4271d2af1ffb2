"""Who fails to log in too often has to wait: with a name from an address, with a name from anywhere, from an address with any names."""

import ipaddress
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tenants.access import role_at
from tenants.audit.requests import current_address
from tenants.audit.trail import note
from tenants.models import User
from tenants.schema import current_slug

# Each within settings.AXES_COOLOFF_TIME. The second slows down whoever has many addresses, the third whoever has many names.
ALLOWED = {("username", "ip_address"): 5, ("username",): 30, ("ip_address",): 50}


class LockoutHandler(AxesDatabaseHandler):
    """Counts failures as django-axes does, with a number of them allowed for each of the three, and an entry in the audit trail."""

    def get_failures(self, request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> int:
        """1, which is the limit, as soon as one of the three is used up."""
        return int(self.locked_until(request, credentials) is not None)

    def locked_until(self, request: Any, credentials: Mapping[str, Any] | None = None) -> datetime | None:
        """When the caller may try that name again; None if that is now."""
        who = {"username": (credentials or {}).get("username"), "ip_address": request.axes_ip_address}
        ends = (_end(allowed, {name: who[name] for name in names}) for names, allowed in ALLOWED.items())
        return max((end for end in ends if end is not None), default=None)

    def reset_user_attempts(self, request: Any, credentials: Mapping[str, Any] | None = None) -> int:
        """After a login: what others did, or what came from here with other names, still counts."""
        name = (credentials or {}).get("username")
        return int(AccessAttempt.objects.filter(username=name, ip_address=request.axes_ip_address).delete()[0])

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        super().user_logged_in(sender, request, user, **kwargs)
        note("logged in", kind="login", actor=user.username, key=user.username)

    def user_login_failed(self, sender: Any, credentials: dict, request: Any = None, **kwargs: Any) -> None:
        was_locked = request.axes_locked_out  # then nothing more is counted, and the trail does not grow
        super().user_login_failed(sender, credentials, request, **kwargs)
        if not was_locked:
            name = _known(credentials.get("username") or "")
            note("failed", kind="login", actor=name, key=name or "a name that is not known here")
            if request.axes_locked_out:
                note("locked out", kind="login", actor=name, key=name or "a name that is not known here")


def locked_until(request: HttpRequest, name: str) -> datetime | None:
    """When the caller may try to log in with this name again; None if that is now."""
    AxesProxyHandler.update_request(request)
    handler: Any = AxesProxyHandler.get_implementation()
    until: datetime | None = handler.locked_until(request, {"username": name})
    return until


def count_failure(request: HttpRequest, name: str) -> None:
    """Counts a wrong code as a wrong password is counted."""
    user_login_failed.send(sender=__name__, credentials={"username": name}, request=request)


def wait(until: datetime) -> str:
    """What people read, who learn nothing of whether the name exists."""
    minutes = max(1, -(-(until - timezone.now()).seconds // 60))
    return f"Too many failed logins. Try again in {minutes} minute{'s' if minutes > 1 else ''}, or ask your administrator."


def failures_of(user: User) -> int:
    """How often somebody tried in vain to log in with this name, of late."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    return sum(AccessAttempt.objects.filter(username=user.username, attempt_time__gte=since).values_list("failures_since_start", flat=True))


def unlock(user: User) -> None:
    """Forgets failed logins with this name."""
    AccessAttempt.objects.filter(username=user.username).delete()


def address(request: HttpRequest) -> str | None:
    """By what callers are told apart: an IPv6 network's worth of addresses is one caller's. For settings.AXES_CLIENT_IP_CALLABLE."""
    found = current_address()
    if found is None or ":" not in found:
        return found
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)


def answer(request: HttpRequest, response: HttpResponse, credentials: Any) -> HttpResponse:
    """The login page itself says what is wrong; programs read it from the status. For settings.AXES_LOCKOUT_CALLABLE."""
    response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    return response


def _end(allowed: int, who: Mapping[str, Any]) -> datetime | None:
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    rows = AccessAttempt.objects.filter(**who, attempt_time__gt=timezone.now() - cool_off).order_by("attempt_time")
    attempts = list(rows.values_list("attempt_time", "failures_since_start"))
    left, end = sum(failures for _, failures in attempts), None
    for at, failures in attempts:
        if left < allowed:
            break
        left, end = left - failures, at + cool_off
    return end


def _known(name: str) -> str:
    """The name, if it is somebody's here; else it may be a password in the wrong field, or somebody's elsewhere."""
    user = User.objects.filter(username=name).first()
    return name if user is not None and role_at(user, current_slug()) is not None else ""
