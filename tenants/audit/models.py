from django.db import models


class AuditEntry(models.Model):
    """One thing that somebody did, at a tenant or (slug "") at the site; with old and new values by field, where it changed a record."""

    at = models.DateTimeField("when", auto_now_add=True)
    actor = models.CharField("who", max_length=150, blank=True)
    address = models.GenericIPAddressField("from", null=True, blank=True)
    slug = models.CharField("tenant", max_length=16, blank=True)
    kind = models.CharField(max_length=31, help_text="Of record, such as phone; or of event, such as login.")
    record = models.BigIntegerField(null=True, blank=True)
    key = models.CharField("record", max_length=300, blank=True)
    action = models.CharField("what", max_length=20)
    values = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "audit entry"
        verbose_name_plural = "audit trail"
        indexes = [
            models.Index(fields=["slug", "-id"], name="audit_of_a_tenant"),
            models.Index(fields=["slug", "kind", "record"], name="audit_of_a_record"),
            models.Index(fields=["actor", "-id"], name="audit_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.action}"
