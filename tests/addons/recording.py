"""A stand-in for `pbx` that answers from given records and keeps what a commit function writes."""

from collections.abc import Mapping, Sequence
from typing import Any

from addons.loading import Addon
from addons.records import clean_record
from dialplan.build.model import AddLine, Entry, Layer, Line, PutEntry
from dialplan.build.names import check_entry, check_line, place_line
from dialplan.build.text import dialplan_text

Raw = Mapping[str, Any]


class RecordingPbx:
    """Made for one addon: `records` are cleaned by its params, `infos` are given as they are."""

    def __init__(self, addon: Addon, records: Mapping[str, Sequence[Raw]], **infos: Sequence[Raw]) -> None:
        self.addon = addon.name
        self._config = [{"tenant": slug, **clean_record(addon.params, raw)} for slug, raws in records.items() for raw in raws]
        self._infos = infos
        self.lines: dict[str, list[Line]] = {}
        self.entries: list[Entry] = []

    def get_config(self) -> list[dict[str, Any]]:
        return self._config

    def get_infos(self, kind: str) -> Sequence[Raw]:
        return self._infos.get(kind, ())

    def add_to_dialplan(self, tenant: str, context: str, exten: str, prio: int, cmd: list[str]) -> None:
        assert all(isinstance(part, str) for part in cmd)
        line = check_line(Line(context, exten, prio, cmd[0], ",".join(cmd[1:])))
        self.lines.setdefault(tenant, []).append(line)

    def add_to_database(self, family: str, key: str, value: str) -> None:
        self.entries.append(check_entry(Entry(family, key, value)))

    def layer(self, slug: str) -> Layer:
        """What was written to one tenant."""
        return Layer(f"addon:{self.addon}", (*map(AddLine, self.lines.get(slug, ())), *map(PutEntry, self.entries)))

    def text(self, slug: str) -> str:
        """The same as conf text."""
        return dialplan_text(place_line(slug, line) for line in self.lines.get(slug, ()))


def committed(addon: Addon, records: Mapping[str, Sequence[Raw]], **infos: Sequence[Raw]) -> RecordingPbx:
    """What the addon's commit function makes of these records."""
    pbx = RecordingPbx(addon, records, **infos)
    assert addon.commit is not None
    addon.commit(pbx)
    return pbx
