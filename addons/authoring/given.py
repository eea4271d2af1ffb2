"""The records that a test gives in place of the database: completed, checked, and seen as the tenants in reach see them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from addons.commits.kinds import FIELDS, KINDS, Info, freeze
from addons.commits.outputs import entries_of
from addons.declarations.errors import RecordErrors
from addons.declarations.param import Param
from addons.declarations.records import as_read, clean_record
from addons.discovery.discover import addon_folders
from addons.discovery.loading import Addon, load_addon
from dialplan.build.model import Operation

__tracebackhide__ = True  # pytest shows the author's own files, not this one

Raw = Mapping[str, Any]
TENANT = "acme"  # where no tenant is named
SERVER = ""  # whose records those of a server-wide addon are

# What a record of a section holds where the test does not say.
DEFAULTS: Mapping[str, Raw] = {
    "phone": {"name": "", "context": "internal", "auto_answer": "call-info", "ring_seconds": 30},
    "line_in": {"name": "", "trunk": "carrier", "destination": "phone:101"},
    "line_out": {"pattern": "9NXXXXXXXXX", "trunk": "carrier", "strip": 0, "prepend": "", "caller_id": ""},
    "trunk": {"technology": "PJSIP", "host": "sip.example.net"},
    "tenant": {"name": ""},
}


class BrokenAddon(AssertionError):
    """The addon's own files do not let it be tested; one line for each mistake."""


class BadRecord(ValueError):
    """A record that the test gives could not be saved; says which, and why."""


class Others:
    """The addons beside the one under test, each loaded when a record of it is given."""

    def __init__(self, addon: Addon) -> None:
        self._loaded = {addon.name: addon}
        self._addon = addon
        self._folders: dict[str, Path] | None = None
        self._ids: Counter[tuple[str, str]] = Counter()

    @property
    def names(self) -> list[str]:
        return sorted({*self._known(), *self._loaded})

    def addon(self, name: str) -> Addon | None:
        """One of these addons, or the one under test."""
        return self._load(name) if name in self.names else None

    def info(self, kind: str, raw: Raw) -> Info:
        """A record as a commit function gets it."""
        values = {name: value for name, value in raw.items() if name != "tenant"}
        if kind in KINDS:
            slug = raw.get("tenant", TENANT)
            record = self._section(kind, slug, values)
        else:
            addon = self._load(kind)
            slug = raw.get("tenant", SERVER if addon.info.scope == "server" else TENANT)
            record = self._record(addon, slug, values)
        frozen: Info = freeze({"tenant": slug, **record})
        return frozen

    def _section(self, kind: str, slug: str, values: Raw) -> dict[str, Any]:
        record = {**DEFAULTS[kind], **values}
        if kind == "tenant":
            return {**record, "name": record["name"] or slug.capitalize()}
        key = FIELDS[kind][0] if kind in FIELDS else "name"
        known = [key, *DEFAULTS[kind], *(["id", "extra"] if kind in FIELDS else [])]
        for name in values:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                raise BadRecord(f"a {kind} has no '{name}'; " + (f"did you mean '{near[0]}'?" if near else f"it has {', '.join(known)}"))
        if key not in values:
            raise BadRecord(f"a {kind} of {slug} needs '{key}', such as {kind}=[{{'{key}': '101'}}]")
        if kind in FIELDS:
            self._ids[slug, kind] += 1
            record.setdefault("id", self._ids[slug, kind])
            given = values.get("extra", {})
            wanted = {name: addon for name, addon in self._loaded.items() if kind in addon.extras}
            wanted |= {name: self._load(name) for name in given if given[name]}
            record["extra"] = {
                name: _read(f"{kind} {values[key]}, extra", addon.extras[kind].params if kind in addon.extras else (), given.get(name, {}))
                for name, addon in wanted.items()
            }
        return record

    def _record(self, addon: Addon, slug: str, values: Raw) -> dict[str, Any]:
        where = f"record of {slug or 'the server'}"
        if addon.key and values.get(addon.key.name):
            where = f"record {values[addon.key.name]!r} of {slug or 'the server'}"
        return _read(f"{addon.name}, {where}", addon.params, values)

    def _load(self, name: str) -> Addon:
        if name not in self._loaded:
            if name not in self._known():
                near = get_close_matches(name, [*KINDS, *self.names], n=1)
                raise BadRecord(f"there is no section or addon '{name}'" + (f"; did you mean '{near[0]}'?" if near else ""))
            self._loaded[name] = addon_of(self._known()[name])
        return self._loaded[name]

    def _known(self) -> dict[str, Path]:
        if self._folders is None:
            self._folders = {folder.name: folder for folder in addon_folders([self._addon.folder.parent])}
        return self._folders


class Given:
    """Records that a test gives, as the tenants in reach see them."""

    def __init__(
        self, slugs: tuple[str, ...], records: Mapping[str, tuple[Info, ...]], others: Others, before: Iterable[Operation] = ()
    ) -> None:
        """`before` is what the addon wrote for these tenants at its last commit."""
        self.slugs = slugs
        self._records = records
        self._others = others
        self._before = before

    def get(self, kind: str) -> tuple[Info, ...]:
        if kind not in self._records and kind not in KINDS and kind not in self._others.names:
            raise LookupError(f"there is no kind of record {kind!r}; known are {', '.join([*KINDS, *self._others.names])}")
        return tuple(info for info in self._records.get(kind, ()) if info["tenant"] in (SERVER, *self.slugs))

    def addon(self, name: str) -> Addon | None:
        return self._others.addon(name)

    def written(self, addon: Addon) -> dict[tuple[str, str], str]:
        return entries_of(self._before)

    def settings(self, addon: Addon) -> Info:
        info: Info = freeze(
            {"tenant": SERVER if addon.info.scope == "server" else self.slugs[0], **as_read(addon.params, addon.empty_record())}
        )
        return info


def addon_of(path: Path) -> Addon:
    path = path.resolve()
    folder = next((each for each in (path, *path.parents) if (each / "info.py").is_file()), None)
    if folder is None:
        raise BrokenAddon(f"no addon: neither {path} nor a folder above it holds info.py")
    addon, problems = load_addon(folder)
    if addon is None:
        raise BrokenAddon("\n".join(f"{problem}\n    {problem.hint}" if problem.hint else str(problem) for problem in problems))
    return addon


def checked(where: str, params: Sequence[Param], values: Raw) -> dict[str, Any]:
    """The record as it would be saved. Raises BadRecord."""
    try:
        return clean_record(params, values)
    except RecordErrors as error:
        raise BadRecord("\n".join(f"{where}: {line}" for line in error.lines())) from None


def _read(where: str, params: Sequence[Param], values: Raw) -> dict[str, Any]:
    """The record as commit functions get it. Raises BadRecord."""
    return as_read(params, checked(where, params, values))


def refuse_doubles(addon: Addon, records: Iterable[Info]) -> None:
    seen: set[tuple[str, Any]] = set()
    for record in records:
        place = (record["tenant"], record[addon.key.name] if addon.key else None)
        if place in seen:
            what = f"{place[1]!r} twice" if addon.key else 'two records, and without columns["list"] it has one'
            raise BadRecord(f"{addon.name} is given {what} at {place[0] or 'the server'}")
        seen.add(place)
