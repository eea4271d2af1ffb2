from django.conf import settings
from django.db import models

from tenants.models import Tenant


class Handoff(models.Model):
    """Lets a person who is logged in at one console into another one, once, within seconds; only the token's fingerprint is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    slug = models.CharField(max_length=16, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    carried = models.JSONField(default=dict)  # what of the session that it comes from the next one takes over
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user} to {self.slug or 'operators'}"


class Visited(models.Model):
    """When a person was last taken to a tenant's console: what they go to often stands first."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="visits")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tenant"], name="one_visit_per_person_and_tenant")]

    def __str__(self) -> str:
        return f"{self.user} at {self.tenant}"
