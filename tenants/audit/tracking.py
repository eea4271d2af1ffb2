"""Notes each save, delete and bulk write of a tracked record with its old and new values, secrets masked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models.signals import post_delete
from django_tenants.utils import get_tenant_model

from tenants.audit.models import AuditEntry
from tenants.audit.trail import ADDED, CHANGED, DELETED, add
from tenants.audit.values import flat, kept, plain, shown

NOTHING: tuple[Any, ...] = ("", None, [], {}, False)

Values = dict[str, list[Any]]


def changes_of(row: models.Model) -> models.QuerySet[AuditEntry]:
    """The history of one record, the newest first."""
    if not isinstance(row, Tracked):
        return AuditEntry.objects.none()
    slug = row.history_slug
    where: dict[str, Any] = {"tenant__schema_name": slug} if slug else {"tenant": None, "slug": ""}
    return AuditEntry.objects.filter(kind=row.history_kind, record=row.pk, **where)


class TrackedQuerySet(models.QuerySet[Any]):
    """Notes what is written in bulk; `update()` alone is not noted."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        made: list[Any] = super().bulk_create(list(objs), *args, **kwargs)
        for row in made:
            _note(row, ADDED, None)
        return made

    def bulk_update(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> int:
        rows = list(objs)
        count: int = super().bulk_update(rows, *args, **kwargs)
        for row in rows:
            _note(row, CHANGED, row.loaded)
        return count

    def delete(self) -> tuple[int, dict[str, int]]:
        rows = [row for row in self if row.is_tracked]
        numbers = [row.pk for row in rows]
        gone = super().delete()
        for row, number in zip(rows, numbers, strict=True):
            _note(row, DELETED, row.loaded, number=number)
        return gone


class Tracked(models.Model):
    """A record whose history is kept."""

    history_fields: ClassVar[Sequence[str]] = ()
    history_kind = ""  # as pages and the API call it
    history_is_private = False  # for administrators' eyes alone
    goes_with_others = False  # whether deleting another record may delete it

    objects: Any = TrackedQuerySet.as_manager()
    loaded: Mapping[str, Any] | None = None  # what the database last had, by column

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.goes_with_others:
            post_delete.connect(_note_gone_with_another, sender=cls)

    @property
    def is_tracked(self) -> bool:
        return True

    @property
    def history_slug(self) -> str:
        """The tenant whose history it is in; empty for the site's."""
        return getattr(self, "_slug", "")

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **kwargs: Any) -> Any:
        row = super().from_db(db, field_names, values, **kwargs)
        row.loaded = dict(zip(field_names, values, strict=False))
        return row

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self.loaded = kept(self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        before = None if self._state.adding else self.loaded or {}
        super().save(*args, **kwargs)
        _note(self, CHANGED if before is not None else ADDED, before, only=kwargs.get("update_fields"))

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        number = self.pk
        gone = super().delete(*args, **kwargs)
        _note(self, DELETED, self.loaded, number=number)
        return gone


def note_change(row: Tracked, values: Values) -> None:
    """Notes a change of what is not a field of the record, as old and new value by name."""
    _keep(row, CHANGED, values, row.pk)


def _note(row: Any, action: str, before: Mapping[str, Any] | None, *, only: Iterable[str] | None = None, number: int | None = None) -> None:
    if not row.is_tracked:
        return
    now = {} if action == DELETED else kept(row, only)
    old, new = flat(row, before or {}), flat(row, now)
    if action == CHANGED:
        names = [name for name in new if before and plain(old.get(name)) != plain(new[name])]
    else:
        names = [name for name, value in (new or old).items() if value not in NOTHING]
    if action != DELETED:
        row.loaded = {**(before or {}), **now}
    if action != CHANGED or names:
        _keep(row, action, {name: [shown(row, name, old.get(name)), shown(row, name, new.get(name))] for name in names}, number or row.pk)


def _note_gone_with_another(instance: Any, origin: Any, **kwargs: Any) -> None:
    """That a tenant is gone says all of what was its own."""
    itself = origin is instance or (isinstance(origin, models.QuerySet) and isinstance(instance, origin.model))
    if not itself and not isinstance(origin, get_tenant_model()):
        _note(instance, DELETED, instance.loaded)


def _keep(row: Any, action: str, values: Values, number: int) -> None:
    key = str(row)[:300]
    add(AuditEntry(slug=row.history_slug, kind=row.history_kind, record=number, key=key, action=action, values=values))
