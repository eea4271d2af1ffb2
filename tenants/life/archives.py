"""Final exports of deleted tenants: kept for the site's ARCHIVE_DAYS, then forgotten."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from tenants.life.models import Archive
from tenants.models import Tenant


def keep(tenant: Tenant, text: str, actor: str) -> Archive | None:
    """Keeps a tenant's export, its secrets encrypted; None where the site keeps none."""
    if not settings.ARCHIVE_DAYS:
        return None
    expires = timezone.now() + timedelta(days=settings.ARCHIVE_DAYS)
    return Archive.objects.create(slug=tenant.slug, name=tenant.name, actor=actor[:150], expires=expires, text=text)


def forget_expired() -> None:
    """Deletes those whose time is over."""
    Archive.objects.filter(expires__lte=timezone.now()).delete()
