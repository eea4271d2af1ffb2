"""Events that Django itself tells of."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from tenants.access import HOME
from tenants.audit.trail import note
from tenants.current import current_slug


@receiver(user_logged_out)
def note_logout(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """At the console that the session is of: a session that is brought to another one says nothing there."""
    if user is not None and request.session.get(HOME) == current_slug():
        note("logged out", kind="login", actor=user.get_username(), key=user.get_username())
