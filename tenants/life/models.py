from django.db import models

from tenants.secret_fields import EncryptedTextField


class SchemaTemplate(models.Model):
    """What a tenant's fresh schema is made of, in SQL, so that a new tenant need not run all migrations."""

    fingerprint = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()
    made = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.fingerprint


class Archive(models.Model):
    """The final export of a deleted tenant, kept for a while."""

    slug = models.CharField(max_length=16, db_index=True)
    name = models.CharField("company", max_length=100)
    deleted = models.DateTimeField(auto_now_add=True)
    actor = models.CharField("deleted by", max_length=150, blank=True)
    expires = models.DateTimeField("kept until", db_index=True)
    text = EncryptedTextField(editable=False)  # a site file, which holds secrets

    class Meta:
        ordering = ["-deleted", "-id"]
        verbose_name = "deleted tenant"

    def __str__(self) -> str:
        return f"{self.name} ({self.slug})"
