"""Links with which somebody sets a new password: good once, for a day, at one console, as long as they have a role there."""

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.cache import cache
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from tenants.access import role_at
from tenants.models import Membership, User
from tenants.schema import current_slug

MAILED_EVERY = 300  # seconds, so that nobody's mailbox is filled by others


class ResetTokens(PasswordResetTokenGenerator):
    """Django's, each good at one console: the open one, if none is named."""

    def __init__(self, slug: str | None = None) -> None:
        super().__init__()
        self.slug = slug

    def check_token(self, user: Any, token: str | None) -> bool:
        return super().check_token(user, token) and role_at(user, self._where()) is not None

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        # Who made a link while a login was their company's alone must not keep it when that opens more.
        return f"{super()._make_hash_value(user, timestamp)}{self._where()}{user.is_superuser}{sorted(_slugs(user))}"

    def _where(self) -> str:
        return current_slug() if self.slug is None else self.slug


def can_mail() -> bool:
    """Whether the site is set up to send e-mail."""
    return bool(settings.EMAIL_HOST)


def people_to_mail(email: str) -> list[User]:
    """Who gets a link when somebody asks for one for this e-mail at the open console, and did not get one just now."""
    people = User.objects.filter(email__iexact=email, is_active=True) if email else []
    known = [person for person in people if role_at(person, current_slug()) is not None]
    return [person for person in known if cache.add(f"password-reset-{person.pk}", 1, MAILED_EVERY)]


def reset_path(person: User, slug: str) -> str:
    """The path of a new link, at the console of this tenant, or ("") of operators."""
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    urls = settings.ROOT_URLCONF if slug else settings.PUBLIC_SCHEMA_URLCONF
    return reverse("admin:password_reset_confirm", args=[uid, ResetTokens(slug).make_token(person)], urlconf=urls)


def is_only_of(person: User, slug: str) -> bool:
    """Whether a tenant's administrators may make a link for this person, who then is no operator and works nowhere else."""
    if person.is_superuser:
        return False
    return _slugs(person) == {slug}


def _slugs(person: User) -> set[str]:
    return set(Membership.objects.filter(user=person).values_list("tenant__schema_name", flat=True))
