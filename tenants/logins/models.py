import hashlib

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A browser at one console, and whose it is once somebody has logged in with it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions")
    slug = models.CharField("tenant", max_length=16, blank=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    opened = models.DateTimeField(null=True)
    seen = models.DateTimeField()

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        ordering = ["-seen"]

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from tenants.logins.sessions import SessionStore  # which needs this model

        return SessionStore

    @property
    def handle(self) -> str:
        """Names the session on pages, where its key must never stand."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:20]
