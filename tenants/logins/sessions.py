"""Sessions as rows that say whose they are, where they were opened and when they were last seen; the engine of settings.SESSION_ENGINE."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tenants.access import HOME
from tenants.audit.requests import current_address
from tenants.logins.models import Session
from tenants.models import User

OPENED, AGENT = "opened", "agent"  # keys of a session's data, which its row repeats
SEEN_EVERY = timedelta(minutes=1)  # how exactly `seen` is kept: not each request writes
WATCHING = frozenset({"deploy_status"})  # what an open page asks by itself, which must not keep its session alive


class SessionStore(DatabaseStore):
    """Django's sessions in the database, which end some hours after they were last seen, and some days after the login at the latest."""

    seen: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        store: Any = self
        row = store._get_session_from_db()
        self.seen = row.seen if row else None
        return self.decode(row.session_data) if row else {}

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.slug = data.get(HOME, "")
        row.agent = data.get(AGENT, "")
        row.opened = _opened(data)
        row.seen = timezone.now()
        row.address = current_address()
        row.expire_date = _end(row.seen, row.opened)
        return row

    def touch(self) -> None:
        """Notes that somebody is there."""
        now = timezone.now()
        if self.session_key and self.seen and now - self.seen > SEEN_EVERY:
            self.seen = now
            end = _end(now, _opened(self))
            Session.objects.filter(pk=self.session_key).update(seen=now, address=current_address(), expire_date=end)


class SeenMiddleware:
    """Keeps the sessions of those who open pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        session: Any = request.session
        if request.user.is_authenticated and request.resolver_match and request.resolver_match.url_name not in WATCHING:
            session.touch()


def sessions_of(user: User, slug: str | None = None) -> QuerySet[Session]:
    """Somebody's sessions that are good: everywhere, or at one console."""
    good = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    return good if slug is None else good.filter(slug=slug)


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Logs somebody out everywhere, or everywhere else than in the session with this key; how many that ended."""
    return sessions_of(user).exclude(session_key=but or "").delete()[0]


@receiver(user_logged_in)
def begin(request: HttpRequest, **kwargs: Any) -> None:
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    request.session[OPENED] = timezone.now().timestamp()
    request.session[AGENT] = request.headers.get("User-Agent", "")[:200].replace("\0", "")


@receiver(post_save, sender=User)
def end_with_the_password(instance: User, **kwargs: Any) -> None:
    if getattr(instance, "_password", None) is not None:  # as Django itself tells a new one; the page that changes it begins a new session
        end_sessions(instance)


def _opened(data: Any) -> datetime | None:
    return datetime.fromtimestamp(data[OPENED], UTC) if OPENED in data else None


def _end(seen: datetime, opened: datetime | None) -> datetime:
    idle = seen + settings.SESSION_IDLE
    return min(idle, opened + timedelta(seconds=settings.SESSION_COOKIE_AGE)) if opened else idle
