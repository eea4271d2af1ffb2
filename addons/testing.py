"""For the tests of an addon: records in, dialplan as text and AstDB as a dict out, without database, Asterisk or settings.

from addons.testing import committed

def test_a_door():
    written = committed(__file__, [{"number": "*61"}], phone=[{"number": "101"}])
    assert written.text() == "..."
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addons.authoring.given import SERVER, TENANT, BadRecord, BrokenAddon, Given, Others, Raw, addon_of, checked, refuse_doubles
from addons.commits.kinds import FIELDS, Info
from addons.commits.pbx import Pbx
from addons.discovery.loading import Addon
from dialplan.build.layers import merge
from dialplan.build.model import Entry, Layer, Line, Operation
from dialplan.build.names import place_entry, place_line
from dialplan.build.sections import LineInSpec, LineOutSpec, PhoneSpec, line_in_layer, line_out_layer, phone_layer
from dialplan.build.text import dialplan_text

__tracebackhide__ = True  # pytest shows the author's own files, not this one

__all__ = ["SERVER", "TENANT", "BadRecord", "BrokenAddon", "Written", "committed", "upgraded", "upgraded_extra"]

SECRET = "only-for-tests"  # noqa: S105  (phones need one, and no test sees it)


@dataclass(frozen=True, slots=True)
class Written:
    """What the commit function wrote. Names are as in Asterisk: "acme-internal", "acme/door/101"."""

    addon: Addon
    operations: Mapping[str, tuple[Operation, ...]]
    server_operations: tuple[Operation, ...]
    reads: frozenset[str]
    infos: Mapping[str, tuple[Info, ...]]

    def text(self, tenant: str = TENANT) -> str:
        """The addon's own lines at one tenant, as they stand in Asterisk's extensions.conf."""
        return dialplan_text(place_line(tenant, line) for line in self.lines(tenant))

    def whole_text(self, tenant: str = TENANT) -> str:
        """The same among the lines of the phones and lines that were given: shows what the addon replaces and removes."""
        return dialplan_text(place_line(tenant, line) for line in merge([*self._sections(tenant), self.layer(tenant)]).live_lines)

    def database(self, tenant: str = TENANT) -> dict[str, str]:
        """The AstDB keys that the addon wrote, with their values; those of a server-wide addon belong to no tenant."""
        if self.addon.info.scope == "server":
            entries: Iterable[Entry] = merge([Layer(self.addon.origin, self.server_operations)]).live_entries
        else:
            entries = (place_entry(tenant, entry) for entry in merge([self.layer(tenant)]).live_entries)
        return {f"{entry.family}/{entry.key}": entry.value for entry in entries}

    @property
    def tenants(self) -> list[str]:
        """The tenants to which the addon wrote."""
        return sorted(self.operations)

    def layer(self, tenant: str = TENANT) -> Layer:
        """What the addon asked for at one tenant, in the order in which it did."""
        return Layer(self.addon.origin, self.operations.get(tenant, ()))

    def lines(self, tenant: str = TENANT) -> tuple[Line, ...]:
        """The addon's own lines at one tenant, with short names."""
        return merge([self.layer(tenant)]).live_lines

    def _sections(self, tenant: str) -> list[Layer]:
        phones, lines_in, lines_out = (
            [{name: info[name] for name in FIELDS[kind]} for info in self.infos.get(kind, ()) if info["tenant"] == tenant]
            for kind in ("phone", "line_in", "line_out")
        )
        specs = [PhoneSpec(**phone, secret=SECRET) for phone in phones]
        incoming = [LineInSpec(line["number"], line["trunk"], line["destination"].rpartition(":")[2]) for line in lines_in]
        return [phone_layer(specs), line_in_layer(incoming, specs), line_out_layer(LineOutSpec(**line) for line in lines_out)]


def committed(
    addon: Addon | str | Path,
    records: Mapping[str, Sequence[Raw]] | Sequence[Raw] = (),
    /,
    after: Written | None = None,
    **infos: Sequence[Raw],
) -> Written:
    """Runs an addon's commit function.

    `addon` is a file in its folder (`__file__`), the folder, or a loaded addon. `records` are the addon's own: a list, or lists by tenant.
    What else it reads comes by kind: `phone=[{"number": "101"}], paging=[...]`. A record without "tenant" is acme's, and what it does not
    say is its default. `after` is an earlier commit, for `get_written`. Raises BrokenAddon, BadRecord, and whatever the commit function
    raises.
    """
    addon = addon if isinstance(addon, Addon) else addon_of(Path(addon))
    own = records if isinstance(records, Mapping) else {SERVER if addon.info.scope == "server" else TENANT: records} if records else {}
    others = Others(addon)
    given: dict[str, tuple[Info, ...]] = {kind: tuple(others.info(kind, raw) for raw in raws) for kind, raws in infos.items()}
    given[addon.name] = tuple(others.info(addon.name, {"tenant": slug, **raw}) for slug, raws in own.items() for raw in raws)
    refuse_doubles(addon, given[addon.name])
    slugs = tuple(sorted({*own, *(info["tenant"] for each in given.values() for info in each)} - {SERVER})) or (TENANT,)
    given.setdefault("tenant", tuple(others.info("tenant", {"tenant": slug}) for slug in slugs))
    operations: dict[str, tuple[Operation, ...]] = {}
    server_operations: tuple[Operation, ...] = ()
    reads: set[str] = set()
    for reach in [slugs] if addon.info.scope == "server" else [(slug,) for slug in slugs]:
        before = (after.server_operations or after.layer(reach[0]).operations) if after else ()
        pbx = Pbx(addon, Given(reach, given, others, before))
        if addon.commit is not None:
            addon.commit(pbx)
        operations |= {slug: tuple(written) for slug, written in pbx.operations.items()}
        server_operations += tuple(pbx.server_operations)
        reads |= pbx.reads
    return Written(addon, operations, server_operations, frozenset(reads), given)


def upgraded(addon: Addon | str | Path, record: Raw, from_version: str) -> dict[str, Any]:
    """What the addon's `upgrade` makes of a record that an older version stored, checked as it is before it is saved.

    Raises BrokenAddon, BadRecord, and whatever the upgrade function raises.
    """
    addon = addon if isinstance(addon, Addon) else addon_of(Path(addon))
    if addon.upgrade is None:
        raise BrokenAddon(f"addon '{addon.name}' has no upgrade.py")
    newer = addon.upgrade(deepcopy(dict(record)), from_version)
    return checked(f"{addon.name}, upgraded from version {from_version or 'unknown'}", addon.params, newer)


def upgraded_extra(addon: Addon | str | Path, section: str, values: Raw, from_version: str) -> dict[str, Any]:
    """What the addon's `upgrade_extra` makes of values that an older version stored with a "phone", "line_in" or "line_out".

    Raises BrokenAddon, BadRecord, and whatever the upgrade function raises.
    """
    addon = addon if isinstance(addon, Addon) else addon_of(Path(addon))
    if addon.upgrade_extra is None or section not in addon.extras:
        raise BrokenAddon(f"addon '{addon.name}' has no upgrade_extra in upgrade.py, or no {section}_extra.py")
    newer = addon.upgrade_extra(section, deepcopy(dict(values)), from_version)
    return checked(f"{addon.name}, {section} extra upgraded from version {from_version or 'unknown'}", addon.extras[section].params, newer)
