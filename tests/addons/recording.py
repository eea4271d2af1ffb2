"""What a commit function writes, from records that a test gives instead of the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from addons.infos import Infos
from addons.kinds import freeze
from addons.loading import Addon
from addons.pbx import Pbx
from addons.records import clean_record
from addons.registry import registry
from dialplan.build.layers import merge
from dialplan.build.model import Entry, Layer, Line
from dialplan.build.names import place_line
from dialplan.build.text import dialplan_text

Raw = Mapping[str, Any]
SERVER = ""


class GivenInfos(Infos):
    """Records by kind, instead of those in the database."""

    def __init__(self, slugs: Sequence[str], records: Mapping[str, Sequence[Raw]]) -> None:
        super().__init__(registry, slugs)
        self._read = {kind: tuple(freeze(record) for record in given) for kind, given in records.items()}

    def _records(self, kind: str) -> list[dict[str, Any]]:
        return []


@dataclass(frozen=True, slots=True)
class Written:
    """What an addon wrote."""

    addon: Addon
    pbx: Pbx

    def layer(self, slug: str) -> Layer:
        return Layer(self.addon.origin, tuple(self.pbx.operations.get(slug, ())))

    def lines(self, slug: str) -> tuple[Line, ...]:
        return merge([self.layer(slug)]).live_lines

    def entries(self, slug: str) -> tuple[Entry, ...]:
        return merge([self.layer(slug)]).live_entries

    def text(self, slug: str) -> str:
        """The lines of one tenant as conf text."""
        return dialplan_text(place_line(slug, line) for line in self.lines(slug))

    @property
    def slugs(self) -> list[str]:
        """The tenants to which it wrote."""
        return sorted(self.pbx.operations)


def committed(addon: Addon, records: Mapping[str, Sequence[Raw]], **infos: Sequence[Raw]) -> Written:
    """Runs the commit function on the addon's own records by tenant (SERVER for a server-wide addon) and on others' by kind."""
    own = [{"tenant": slug, **clean_record(addon.params, raw)} for slug, raws in records.items() for raw in raws]
    tenants = [info["tenant"] for info in infos.get("tenant", ())]
    slugs = sorted({*tenants, *records} - {SERVER}) or ["acme"]
    pbx = Pbx(addon, GivenInfos(slugs, {**infos, addon.name: own}))
    assert addon.commit is not None
    addon.commit(pbx)
    return Written(addon, pbx)
