import hashlib
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django_otp.models import Device, ThrottlingMixin, TimestampMixin

from tenants.secret_fields import EncryptedTextField

MOST_WAITS = 8  # the wait after a wrong code doubles so often from 1 s, as longer ones would lock its owner out


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


class Authenticator(TimestampMixin, ThrottlingMixin, Device):
    """The app on somebody's telephone that makes their codes, and the recovery codes for when it is lost.

    It counts once it is confirmed. Its key is encrypted, and the recovery codes are kept as fingerprints, with one salt.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="authenticator")
    key = EncryptedTextField()
    last_step = models.BigIntegerField(default=-1)  # of a code that was taken: neither it nor an earlier one is good again
    salt = models.CharField(max_length=32, blank=True)
    digests = models.JSONField(default=list)

    def get_throttle_factor(self) -> int:
        return 1

    def throttle_increment(self, commit: bool = True) -> None:
        device: Any = self
        device.throttling_failure_count = min(device.throttling_failure_count, MOST_WAITS)
        super().throttle_increment(commit)
