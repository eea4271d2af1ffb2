"""Many records of one addon at once, at the open tenant or in public: checked as its form checks them, saved in two queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from addons.commits.rules import Holders, dials_more, faults
from addons.commits.upgrading import upgrade_records
from addons.declarations.errors import Path, RecordErrors
from addons.declarations.overlay import lay_over
from addons.declarations.records import clean_record, dialled_numbers, with_defaults
from addons.discovery.loading import Addon
from addons.models import Record
from addons.server.models import ServerRecord
from addons.stored.known import Known
from dialplan.surroundings import Taken


def table_of(addon: Addon) -> Any:
    """The table that holds the addon's records."""
    return ServerRecord if addon.info.scope == "server" else Record


@dataclass(slots=True)
class Given:
    """What became of one given record."""

    key: str
    data: dict[str, Any]
    before: dict[str, Any] | None = None  # None when it is new
    errors: dict[Path, str] = field(default_factory=dict)

    @property
    def changed(self) -> list[str]:
        """The params whose values are others than before."""
        before = self.before or {}
        return [name for name, value in self.data.items() if name not in before or before[name] != value]


class Records:
    """The records of one addon."""

    def __init__(self, addon: Addon, known: Known, taken: Taken, stored: Iterable[Any] | None = None) -> None:
        """`stored` are at least those that are given or removed later; without it, all."""
        self.addon = addon
        self.known = known
        self.taken = taken
        if stored is None:
            upgrade_records(addon)
            stored = table_of(addon).objects.filter(addon=addon.name)
        self.stored = {row.key: row for row in stored}

    def put(self, given: Mapping[str, Mapping[str, Any]]) -> list[Given]:
        """Saves records, each laid over the stored one of its key; one with errors is not saved."""
        found = [self._clean(key, values) for key, values in given.items()]
        for each in found:
            self.known.add(self.addon.name, each.key)  # records of one list may name each other
        changed = [each for each in found if each.errors or each.changed]
        holders = Holders(self.addon, {**self._values(), **{each.key: each.data for each in found}}.items())
        for each in changed:
            each.errors = each.errors or faults(self.addon, each.data, holders.besides(each.key), self.known, self.taken)
            for _, context, number in dialled_numbers(self.addon.params, each.data):
                self.taken.add(context, number, self.addon.origin)
        self._save([each for each in changed if not each.errors])
        return found

    def rename(self, old: str, new: str) -> dict[Path, str]:
        """Saves a stored record under another key; or what is wrong with it then, and it stays as it was."""
        row, key = self.stored[old], self.addon.key
        assert key is not None
        try:
            data = clean_record(self.addon.params, {**with_defaults(self.addon.params, row.data), key.name: new})
        except RecordErrors as error:
            return error.errors
        others = {each: values for each, values in self._values().items() if each != old}
        errors = faults(self.addon, data, Holders(self.addon, others.items()).besides(new), self.known, self.taken)
        if not errors:
            row.key, row.data, row.version = str(data[key.name]), data, row.version + 1
            row.save()
        return errors

    def remove(self, keys: Iterable[str]) -> None:
        """Deletes records."""
        rows = [self.stored.pop(key) for key in keys]
        for row in rows:
            for _, context, number in dialled_numbers(self.addon.params, with_defaults(self.addon.params, row.data)):
                self.taken.discard(context, number, self.addon.origin)
        if rows:
            table_of(self.addon).objects.filter(pk__in=[row.pk for row in rows]).delete()

    def _values(self) -> dict[str, dict[str, Any]]:
        """All records' data, where one may have what no other may."""
        if not any(param.unique for param in self.addon.params) and not dials_more(self.addon.params):
            return {}
        return dict(table_of(self.addon).objects.filter(addon=self.addon.name).values_list("key", "data"))

    def _clean(self, key: str, values: Mapping[str, Any]) -> Given:
        row = self.stored.get(key)
        before = None if row is None else with_defaults(self.addon.params, row.data)
        raw = lay_over(self.addon.params, before or {}, values)
        if raw == before:
            return Given(key, before, before)
        try:
            return Given(key, clean_record(self.addon.params, raw), before)
        except RecordErrors as error:
            return Given(key, error.cleaned, before, error.errors)

    def _save(self, changed: list[Given]) -> None:
        model, now = table_of(self.addon), timezone.now()
        old = [self.stored[each.key] for each in changed if each.before is not None]
        for each in changed:
            if each.before is None:
                self.stored[each.key] = model(addon=self.addon.name, key=each.key)
            row = self.stored[each.key]
            row.data, row.modified = each.data, now
        for row in old:
            row.version += 1
            row.addon_version = self.addon.info.version
        model.objects.bulk_update(old, ["data", "modified", "version", "addon_version"], batch_size=500)
        model.objects.bulk_create([self.stored[each.key] for each in changed if each.before is None], batch_size=500)
