from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

NOBODY = "unknown"  # who has not logged in
CONSOLE = "console"  # whoever sits at the server itself


@dataclass(frozen=True, slots=True)
class Detail:
    """A field of a record with its old and new value; of an event, what is to be said of it (no old one)."""

    name: str
    old: Any
    new: Any


class AuditEntry(models.Model):
    """One thing that somebody did, at a tenant or (slug "") at the site; with old and new values by field, where it changed a record."""

    at = models.DateTimeField("when", auto_now_add=True)
    actor = models.CharField("who", max_length=150, blank=True)
    address = models.GenericIPAddressField("from", null=True, blank=True)
    # Beside the slug, which another tenant may have after this one; without a constraint, as entries outlive their tenant.
    tenant = models.ForeignKey(
        "tenants.Tenant", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    slug = models.CharField("tenant", max_length=16, blank=True)
    kind = models.CharField(max_length=31, help_text="Of record, such as phone; or of event, such as login.")
    record = models.BigIntegerField(null=True, blank=True)
    key = models.CharField("record", max_length=300, blank=True)
    action = models.CharField("what", max_length=20)
    values = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["-id"]
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["tenant", "-id"], name="audit_of_a_tenant"),
            models.Index(fields=["tenant", "kind", "record"], name="audit_of_a_record"),
            models.Index(fields=["slug", "-id"], name="audit_of_a_slug"),
            models.Index(fields=["kind", "-id"], name="audit_of_a_kind"),
            models.Index(fields=["actor", "-id"], name="audit_of_a_person"),
            models.Index(fields=["at"], name="audit_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.action}"

    @property
    def who(self) -> str:
        return self.actor or (NOBODY if self.address else CONSOLE)

    @property
    def details(self) -> list[Detail]:
        """What it says beyond its columns."""
        if self.record is None:
            return [Detail(name, "", value) for name, value in self.values.items()]
        return [Detail(name, *("" if value is None else value for value in pair)) for name, pair in self.values.items()]
