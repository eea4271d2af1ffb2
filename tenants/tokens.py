"""API tokens: made once, kept as fingerprints, and good at one console alone."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from tenants.access import is_administrator, role_at
from tenants.models import ApiToken, Tenant, User
from tenants.schema import current_slug

PREFIX = "scp_"  # so that scanners of repositories and logs know one when they see it
NOTED_EVERY = timedelta(minutes=1)  # how exactly `used` is kept: not each request writes


def make_token(user: User, tenant: Tenant | None, name: str, expires: datetime | None = None) -> tuple[ApiToken, str]:
    """A new token, and its text, which nobody can read again."""
    text = PREFIX + secrets.token_urlsafe(32)
    return ApiToken.objects.create(user=user, tenant=tenant, name=name, digest=_digest(text), expires=expires), text


def token_of(text: str) -> ApiToken | None:
    """The token with this text, if it is good at the open console: not expired, of this tenant, and its person still has a role here."""
    if not text.startswith(PREFIX) or len(text) > 100:
        return None
    token = ApiToken.objects.select_related("user", "tenant").filter(digest=_digest(text)).first()
    if token is None or (token.tenant.slug if token.tenant else "") != current_slug():
        return None
    now = timezone.now()
    if (token.expires is not None and token.expires <= now) or role_at(token.user, current_slug()) is None:
        return None
    if token.used is None or now - token.used > NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(used=now)
    return token


def tokens_seen_by(user: User) -> QuerySet[ApiToken]:
    """The open console's tokens that somebody may see and revoke: their own, and for administrators all."""
    slug = current_slug()
    here = ApiToken.objects.select_related("user").filter(Q(tenant__schema_name=slug) if slug else Q(tenant=None))
    return here if is_administrator(user) else here.filter(user=user)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
