"""From one console into another without logging in again: a token that is good once, at one console, for seconds."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.utils import timezone

from tenants.models import User
from tenants.schema import current_slug
from tenants.visits.looking import note_beginning
from tenants.visits.models import Handoff

GOOD_FOR = timedelta(seconds=30)
CARRIED = ("otp_device_id",)  # keys of a session: that the second factor was given in it


def hand_off(request: HttpRequest, slug: str, **more: Any) -> str:
    """A token with which whoever asks may enter the console of this tenant ("" for operators'); `more` goes into the session there."""
    now = timezone.now()
    Handoff.objects.filter(expires__lte=now).delete()
    token = secrets.token_urlsafe(32)
    person: Any = request.user
    carried = {key: request.session[key] for key in CARRIED if key in request.session} | more
    Handoff.objects.create(user_id=person.pk, slug=slug, digest=_digest(token), carried=carried, expires=now + GOOD_FOR)
    return token


def handoff_of(token: str) -> Handoff | None:
    """The handoff with this token, if it is good at the open console."""
    return Handoff.objects.select_related("user").filter(digest=_digest(token), slug=current_slug(), expires__gt=timezone.now()).first()


def enter(request: HttpRequest, handoff: Handoff) -> User | None:
    """Logs its person in with a new session. None when somebody used it already, or its person was deactivated."""
    if not Handoff.objects.filter(pk=handoff.pk).delete()[0] or not handoff.user.is_active:
        return None
    logout(request)
    login(request, handoff.user)
    request.session.update(handoff.carried)
    note_beginning(request)
    return handoff.user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
