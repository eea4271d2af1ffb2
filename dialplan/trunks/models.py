"""Trunks live in the public schema: operators own them and lend them to tenants."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.signals import m2m_changed
from django.dispatch import receiver

from dialplan.build.names import check_trunk
from dialplan.build.sip_names import check_host, check_secret, check_user
from dialplan.fields import EncryptedCharField
from tenants.audit.tracking import Tracked, note_change
from tenants.fields import CheckedCharField
from tenants.models import Tenant


class Trunk(Tracked):
    """A carrier's SIP peer."""

    history_kind = "trunk"
    history_fields = ("name", "technology", "host", "user", "secret", "register", "all_tenants")

    class Technology(models.TextChoices):
        PJSIP = "PJSIP", "PJSIP"

    name = CheckedCharField(
        check_trunk, max_length=30, unique=True, help_text="Its name on Asterisk: lower-case letters and digits, for example 'carrier'."
    )
    technology = models.CharField(max_length=10, choices=Technology, default=Technology.PJSIP)
    host = CheckedCharField(
        check_host,
        max_length=255,
        help_text="Host name or address of the carrier, with :port if it is not 5060. Calls from there are taken as this trunk's.",
    )
    user = CheckedCharField(
        check_user, max_length=80, blank=True, help_text="User name that the carrier gave you; empty when it knows you by address."
    )
    secret = EncryptedCharField(check_secret, max_length=120, blank=True, help_text="The password that belongs to the user name.")
    register = models.BooleanField(default=False, help_text="Register at the carrier, so that it knows where to send calls.")
    all_tenants = models.BooleanField("lend to all tenants", default=False)
    tenants = models.ManyToManyField(Tenant, blank=True, verbose_name="lend to", help_text="Tenants that may use this trunk.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.register and not (self.user and self.secret):
            raise ValidationError({"register": "To register, a trunk needs a user name and a secret."})

    @staticmethod
    def lent_to(slug: str) -> "QuerySet[Trunk]":
        """The trunks that a tenant may use."""
        return Trunk.objects.filter(Q(all_tenants=True) | Q(tenants__schema_name=slug)).distinct()


@receiver(m2m_changed, sender=Trunk.tenants.through)
def note_lending(instance: Any, action: str, reverse: bool, **kwargs: Any) -> None:
    """Whom a trunk is lent to is in its history, as its other fields are."""
    if reverse:
        return
    slugs = sorted(instance.tenants.values_list("schema_name", flat=True))
    if action.startswith("pre_"):
        instance.lent_before = slugs
    elif slugs != instance.lent_before:
        note_change(instance, {"tenants": [instance.lent_before, slugs]})


class ClaimedNumber(models.Model):
    """An incoming number that a tenant has taken on a trunk, so that no other one can."""

    trunk = models.ForeignKey(Trunk, on_delete=models.PROTECT, related_name="claims")
    number = models.CharField(max_length=21)
    slug = models.CharField(max_length=16, db_index=True)

    class Meta:
        ordering = ["trunk", "number"]
        constraints = [models.UniqueConstraint(fields=["trunk", "number"], name="one_tenant_per_number")]

    def __str__(self) -> str:
        return f"{self.number} on {self.trunk} for {self.slug}"
