from django.db import models


class SchemaTemplate(models.Model):
    """What a tenant's fresh schema is made of, in SQL, so that a new tenant need not run all migrations."""

    fingerprint = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()
    made = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.fingerprint
