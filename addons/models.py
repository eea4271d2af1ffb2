"""What a tenant's schema holds of its addons: their records, and what each last committed."""

from django.db import models

from addons.base import RecordBase
from tenants.schema import TenantRow


class Record(TenantRow, RecordBase):
    """One record of any tenant-scoped addon; the addons' own models are views of this table."""

    class Meta(RecordBase.Meta):
        db_table = "addons_record"


class StateBase(models.Model):
    """What an addon last committed without fault, and what it read to do so; an error says that a newer commit failed."""

    addon = models.CharField(max_length=31, unique=True)
    enabled = models.BooleanField(default=True)
    version = models.CharField(max_length=80, blank=True)
    operations = models.JSONField(default=list)
    reads = models.JSONField(default=list)
    error = models.TextField(blank=True)
    column_error = models.TextField(blank=True)  # of a list's computed column; the next commit tries anew
    failures = models.PositiveSmallIntegerField(default=0)
    failed_version = models.CharField(max_length=80, blank=True)  # of the addon, at the last failure
    changed = models.DateTimeField(auto_now=True)
    ran = models.DateTimeField(null=True)  # also when that changed nothing

    FUSE = 5  # failures in a row after which an addon is left alone until somebody retries it

    class Meta:
        abstract = True
        ordering = ["addon"]

    def __str__(self) -> str:
        return self.addon

    @classmethod
    def off(cls) -> frozenset[str]:
        """The addons that are switched off."""
        return frozenset(cls._default_manager.filter(enabled=False).values_list("addon", flat=True))

    @property
    def fault(self) -> str:
        """What staff should know went wrong."""
        return self.error or self.column_error

    def note_failure(self, error: str, version: str) -> None:
        """A commit of this version of the addon failed; another version than before begins a new count."""
        self.failures = self.failures + 1 if version == self.failed_version else 1
        self.error, self.failed_version = error, version

    @property
    def is_stopped(self) -> bool:
        """Whether it failed so often that its commit is no longer tried with each change."""
        return self.failures >= self.FUSE


class AddonState(TenantRow, StateBase):
    """An addon at one tenant; for a server-wide addon, the part of its output that is this tenant's."""

    extras_version = models.CharField(max_length=80, blank=True)  # that of the addon whose params the sections' extras follow
