"""Records of addons, of the open tenant or of the whole site."""

from collections.abc import Mapping

from addons.commits.storing import Given, Records, table_of
from addons.commits.upgrading import upgrade_records
from addons.declarations.params import Secret
from addons.discovery.loading import Addon
from addons.discovery.registry import registry
from addons.stored.known import Known
from dialplan.changes import SERVER
from dialplan.surroundings import Taken
from scopserv_site.sitefile.faults import Path
from scopserv_site.sitefile.plan import differences
from scopserv_site.sitefile.shape import RecordPart
from scopserv_site.sitefile.work import TenantWork, Work


def put_tenant_records(work: TenantWork) -> None:
    """Brings the tenant's records of addons to what the file says; in the addons' order, as later ones may name records of earlier ones."""
    for addon, records in _records("tenant", work.part.addons, work.known, work.taken):
        if _put(work.work, addon, records, work.part.addons[addon.name], work.path("addons", addon.name)):
            work.touch(addon.name)


def remove_tenant_records(work: TenantWork) -> None:
    """Deletes the tenant's records of addons that the file does not name."""
    everything = {addon.name: work.part.addons.get(addon.name, ()) for addon in registry.addons if addon.info.scope == "tenant"}
    for addon, records in reversed(_records("tenant", everything, work.known, work.taken, prune=True)):
        gone = _remove(work.work, addon, records, everything[addon.name], work.path("addons", addon.name))
        work.removed_places += [f"{addon.name}:{key}" for key in gone]
        if gone:
            work.touch(addon.name)


def put_server_records(work: Work, given: Mapping[str, tuple[RecordPart, ...]]) -> None:
    """The same for server-wide addons; of one that the file does not name, nothing is removed."""
    for addon, records in _records("server", given, Known(), Taken(), prune=work.prune):
        parts, path = given[addon.name], ("addons", addon.name)
        removed = _remove(work, addon, records, parts, path) if work.prune else []
        if _put(work, addon, records, parts, path) or removed:
            work.change.touch(addon.name, work.note, slug=SERVER)


def _records(
    scope: str, given: Mapping[str, tuple[RecordPart, ...]], known: Known, taken: Taken, *, prune: bool = False
) -> list[tuple[Addon, Records]]:
    """The records of each addon that the file names; all of them where some may have to go."""
    addons = [addon for addon in registry.addons if addon.name in given and addon.info.scope == scope]
    if not addons:
        return []
    for addon in addons:
        upgrade_records(addon)
    stored: dict[str, list[object]] = {addon.name: [] for addon in addons}
    rows = table_of(addons[0]).objects
    for addon in addons:
        named = [part.key for part in given[addon.name]]
        stored[addon.name] += rows.filter(addon=addon.name) if prune else rows.filter(addon=addon.name, key__in=named)
    return [(addon, Records(addon, known, taken, stored[addon.name])) for addon in addons]


def _put(work: Work, addon: Addon, records: Records, parts: tuple[RecordPart, ...], path: Path) -> bool:
    paths = {part.key: part.path for part in parts}
    saved = [each for each in records.put({part.key: part.given for part in parts}) if each.errors or each.changed]
    for each in saved:
        for fault, message in each.errors.items():
            key = fault == (addon.key.name,) if addon.key else False
            work.faults.add(paths[each.key] if key else (*paths[each.key], *fault), message)
        if not each.errors:
            _tell(work, addon, paths[each.key], each)
    if saved:
        work.change.own |= {addon.name}
    return bool(saved)


def _remove(work: Work, addon: Addon, records: Records, parts: tuple[RecordPart, ...], path: Path) -> list[str]:
    """The keys of what is gone."""
    named = {part.key for part in parts}
    gone = sorted(key for key in records.stored if key not in named)
    records.remove(gone)
    for key in gone:
        work.plan.remove((*path, key) if addon.is_list else path)
    return gone


def _tell(work: Work, addon: Addon, path: Path, given: Given) -> None:
    if given.before is None:
        work.plan.add(path)
    else:
        secrets = [param.name for param in addon.params if isinstance(param, Secret)]
        work.plan.change(path, differences(given.before, given.data, secrets))
