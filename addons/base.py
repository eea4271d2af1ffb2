"""One record of any addon: what all addons store, whatever they declare."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from addons.discovery.registry import registry
from dialplan.fields import SealedJSONField
from tenants.audit.tracking import Tracked, TrackedQuerySet


class AddonVersion(models.CharField):
    """The version of the addon whose params the record's data follow, set with each save."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        addon: str = model_instance.addon  # type: ignore[attr-defined]
        if addon in registry:
            setattr(model_instance, self.attname, registry.get(addon).info.version)
        return super().pre_save(model_instance, add)

    def deconstruct(self) -> Any:  # for migrations it is what it is to the database
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class RecordBase(Tracked):
    """A record of an addon: a settings record has no key, one of a list has the value of the param declared as key."""

    history_fields = ("data",)

    addon = models.CharField(max_length=31, editable=False, db_index=True)
    key = models.CharField(max_length=255, blank=True)
    position = models.PositiveIntegerField(default=0, editable=False)
    data = SealedJSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    version = models.PositiveIntegerField(
        default=1, editable=False
    )  # counts up with each save, so that two people cannot overwrite each other
    addon_version = AddonVersion(max_length=80, blank=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        ordering = ["addon", "position", "key"]
        constraints = [models.UniqueConstraint(fields=["addon", "key"], name="%(app_label)s_%(class)s_key")]
        indexes = [models.Index(fields=["addon", "position", "key"], name="%(app_label)s_%(class)s_order")]

    def __str__(self) -> str:
        return self.key or "settings"

    @property
    def history_kind(self) -> str:  # type: ignore[override]
        return str(self.addon)


class AddonManager(models.Manager.from_queryset(TrackedQuerySet)):  # type: ignore[misc]
    """Sees the records of one addon alone, though the table holds those of all."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(addon=self.model._meta.app_label)


class AddonRecord(models.Model):
    """Mixed into the model of one addon, whose app label is the addon's name."""

    objects = AddonManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.addon = self._meta.app_label
        super().save(*args, **kwargs)
