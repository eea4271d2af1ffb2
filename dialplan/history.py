"""Who changed what when: each save, delete and bulk write of a tracked record is noted with its old and new values, secrets masked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django_tenants.utils import schema_context

from dialplan.history_values import flat, plain, shown
from tenants.schema import current_slug

ADDED, CHANGED, DELETED = "added", "changed", "deleted"
BATCH = 1000


class RecordChangeBase(models.Model):
    """One change of one record; its values are by field, old and new."""

    at = models.DateTimeField("when", auto_now_add=True)
    actor = models.CharField("who", max_length=150, blank=True)
    kind = models.CharField(max_length=31)
    record = models.BigIntegerField()
    key = models.CharField("record", max_length=300, blank=True)
    action = models.CharField("what", max_length=10)
    values = models.JSONField(default=dict)

    class Meta:
        abstract = True
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "record"], name="%(app_label)s_%(class)s_of")]
        verbose_name = "change"

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.action}"

    @property
    def fields(self) -> list[tuple[str, Any, Any]]:
        """Each field that it is about, with the old and the new value."""
        return [(name, *(("" if value is None else value) for value in pair)) for name, pair in self.values.items()]


@dataclass(slots=True)
class _Notes:
    """What one change of the site did so far, by tenant."""

    actor: str
    found: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


_noting: ContextVar[_Notes | None] = ContextVar("noting", default=None)


@contextmanager
def noting(actor: str) -> Iterator[None]:
    """Keeps what its block changes, and writes it all at the end: one insert a tenant."""
    notes = _Notes(actor)
    token = _noting.set(notes)
    try:
        yield
        _write(notes)
    finally:
        _noting.reset(token)


def changes_of(model: type[models.Model], pk: Any) -> models.QuerySet:
    """The history of one record, the newest first."""
    kinds: Mapping[str, Any] = {"kind": model().history_kind} if issubclass(model, Tracked) else {"pk": None}
    return _table(current_slug())._default_manager.filter(record=pk, **kinds)


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
        gone = super().delete()
        for row in rows:
            _note(row, DELETED, row.loaded)
        return gone


class Tracked(models.Model):
    """A record whose history is kept."""

    history_fields: ClassVar[Sequence[str]] = ()
    history_kind = ""  # as pages and the API call it

    objects: Any = TrackedQuerySet.as_manager()
    loaded: Mapping[str, Any] | None = None  # what the database last had

    class Meta:
        abstract = True

    @property
    def is_tracked(self) -> bool:
        return True

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **kwargs: Any) -> Any:
        row = super().from_db(db, field_names, values, **kwargs)
        row.loaded = dict(zip(field_names, values, strict=False))
        return row

    def save(self, *args: Any, **kwargs: Any) -> None:
        before = None if self._state.adding else self.loaded or {}
        super().save(*args, **kwargs)
        _note(self, CHANGED if before is not None else ADDED, before)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        pk = self.pk
        gone = super().delete(*args, **kwargs)
        _note(self, DELETED, self.loaded, pk)
        return gone


def _note(row: Any, action: str, before: Mapping[str, Any] | None, pk: Any = None) -> None:
    if not row.is_tracked:
        return
    now = {name: getattr(row, name) for name in row.history_fields if name not in row.get_deferred_fields()}
    old, new = flat(row, before or {}), {} if action == DELETED else flat(row, now)
    if action == CHANGED:
        names = [name for name in new if before and plain(old.get(name)) != plain(new[name])]
    else:
        names = [name for name, value in (old or new if action == DELETED else new).items() if value not in ("", None, [], {}, False)]
    if action != DELETED:
        row.loaded = now
    if action == CHANGED and not names:
        return
    values = {name: [shown(row, name, old.get(name)), shown(row, name, new.get(name))] for name in names}
    note = {"kind": row.history_kind, "record": pk or row.pk, "key": str(row)[:300], "action": action, "values": values}
    slug = getattr(row, "_slug", "")
    notes = _noting.get()
    if notes is None:
        _write(_Notes("", {slug: [note]}))
    else:
        notes.found.setdefault(slug, []).append(note)


def _write(notes: _Notes) -> None:
    for slug, found in notes.found.items():
        table = _table(slug)
        rows = [table(actor=notes.actor, **note) for note in found]
        if slug == current_slug() or not slug:
            table._default_manager.bulk_create(rows, batch_size=BATCH)
        else:
            with schema_context(slug):
                table._default_manager.bulk_create([table(actor=notes.actor, **note) for note in found], batch_size=BATCH)


def _table(slug: str) -> type[models.Model]:
    return apps.get_model("dialplan.RecordChange" if slug else "deploy.SiteChange")
