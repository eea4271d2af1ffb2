"""Invitations: made, renewed and revoked by administrators and operators, and accepted once by whoever has the link."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from tenants.access import role_at
from tenants.audit.models import AuditEntry
from tenants.audit.trail import ADDED, CHANGED, noting
from tenants.models import Membership, Tenant, User
from tenants.staff.models import Invitation
from tenants.staff.roles import Given

GOOD_FOR = timedelta(days=7)
MOST_OPEN = 200  # at one tenant, and as many links a day, so that nobody sends mail to the world


class NotInvited(ValueError):
    """Why an invitation cannot be made or accepted."""


def invite(tenant: Tenant, email: str, name: str, given: Given, invited_by: User) -> tuple[Invitation, str]:
    """A new invitation, and the text of its link, which nobody can read again. Raises NotInvited."""
    if tenant.memberships.filter(user__email__iexact=email).exists():
        raise NotInvited(f"{email} is the e-mail of one of the people here already.")
    waiting = open_invitations(tenant)
    if waiting.filter(email__iexact=email).exists():
        raise NotInvited(f"{email} is invited already; make a new link for that invitation, or revoke it.")
    if waiting.count() >= MOST_OPEN:
        raise NotInvited(f"{MOST_OPEN} invitations wait for an answer; revoke those that nobody will accept.")
    _refuse_more_today(tenant)
    text = _new_text()
    try:
        with transaction.atomic():
            made = Invitation.objects.create(
                tenant=tenant, email=email, name=name, digest=_digest(text), invited_by=invited_by, expires=_end(), **given._asdict()
            )
    except IntegrityError:
        raise NotInvited(f"{email} was invited at this moment by somebody else.") from None
    return made, text


def renew(invitation: Invitation, invited_by: User) -> str:
    """The text of a new link, good for as long as a new invitation's; the old link is worth nothing from now on. Raises NotInvited."""
    _refuse_more_today(invitation.tenant)
    text = _new_text()
    invitation.digest, invitation.expires, invitation.invited_by = _digest(text), _end(), invited_by
    invitation.save(update_fields=["digest", "expires", "invited_by"])
    return text


def open_invitations(tenant: Tenant) -> QuerySet[Invitation]:
    """Those that nobody accepted yet, expired ones included."""
    return Invitation.objects.filter(tenant=tenant, accepted=None).select_related("custom_role", "invited_by")


def invitation_of(text: str, tenant: Tenant) -> Invitation | None:
    """The tenant's invitation with this link, whatever became of it."""
    return Invitation.objects.select_related("custom_role", "invited_by").filter(digest=_digest(text), tenant=tenant).first()


def accept(invitation: Invitation, user: User) -> None:
    """Makes the person, whose login may be new, one of the tenant's people. Raises NotInvited, and then nothing is stored."""
    with transaction.atomic(), noting(user.username):
        locked = Invitation.objects.select_for_update().filter(pk=invitation.pk, digest=invitation.digest, accepted=None).first()
        if locked is None or locked.is_expired:
            raise NotInvited("This invitation was used, renewed or revoked at this moment.")
        if role_at(locked.invited_by, locked.tenant.slug) != Membership.Role.ADMINISTRATOR:
            raise NotInvited("Whoever invited you may not do that any more; ask for a new link.")
        if user.pk is None:
            _save_new(user)
        elif user.is_superuser or Membership.objects.filter(user=user, tenant_id=locked.tenant_id).exists():
            raise NotInvited(f"{user.username} may enter here already: log in, without an invitation.")
        Membership.objects.create(user=user, tenant_id=locked.tenant_id, role=locked.role, custom_role=locked.custom_role)
        locked.accepted, locked.accepted_by, locked.custom_role = timezone.now(), user, None  # so that the role can be deleted
        locked.save(update_fields=["accepted", "accepted_by", "custom_role"])


def _refuse_more_today(tenant: Tenant) -> None:
    """Raises NotInvited. The audit trail knows of those, too, that were revoked since."""
    since = timezone.now() - timedelta(days=1)
    made = AuditEntry.objects.filter(tenant=tenant, kind=Invitation.history_kind, action__in=(ADDED, CHANGED), at__gt=since)
    if made.count() >= MOST_OPEN:
        raise NotInvited(f"{MOST_OPEN} links were made here within a day; go on tomorrow.")


def _save_new(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise NotInvited(f"Somebody took the name {user.username} at this moment; choose another one.") from None


def _new_text() -> str:
    return secrets.token_urlsafe(32)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _end() -> datetime:
    return timezone.now() + GOOD_FOR
