"""What addons added to the open tenant's phones and lines: brought to their present version, and unique where they say so."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from addons.commits.running import CommitError, blaming
from addons.commits.upgrading import is_older
from addons.declarations.declare import kind as describe
from addons.declarations.errors import RecordErrors
from addons.declarations.param import Param
from addons.declarations.records import clean_record
from addons.discovery.loading import Addon
from addons.discovery.registry import registry
from addons.models import AddonState
from dialplan.changes import changing
from dialplan.models import SECTIONS
from tenants.secrets import opened


class Twin(NamedTuple):
    """A value of a record that another record of its section has, though no two may."""

    row: Any
    addon: str
    param: str
    message: str


def unique_params(kind: str) -> list[tuple[str, Param]]:
    """What addons add to a section that no two of its records may have alike."""
    extras = [(addon.name, addon.extras[kind].params) for addon in registry.addons if kind in addon.extras]
    return [(name, param) for name, params in extras for param in params if param.unique]


def twins(kind: str, rows: Iterable[Any]) -> Iterator[Twin]:
    """The later one of each two records of a section that have the same value."""
    params = unique_params(kind)
    seen: dict[tuple[str, str, Any], Any] = {}
    for row in rows if params else ():
        for name, param in params:
            value = (row.extra or {}).get(name, {}).get(param.name, param.empty)
            if value != param.empty and (other := seen.setdefault((name, param.name, value), row)) is not row:
                yield Twin(row, name, param.name, f"{value!r} is in use already in {other._meta.verbose_name} {other}; choose another one")


def upgrade_extras(addon: Addon) -> None:
    """Brings what an older version of the addon added to the present one, all of it or nothing. Raises CommitError."""
    if addon.upgrade_extra is None:
        return
    state = AddonState.objects.filter(addon=addon.name).first()
    version = _version(state)
    if not is_older(version, addon.info.version):
        return
    with changing(actor="upgrade") as change:
        for kind in addon.extras:
            rows = [row for row in SECTIONS[kind].objects.select_for_update().exclude(extra={}).order_by("pk") if addon.name in row.extra]
            if rows:
                _upgrade(addon, kind, rows, version)
                SECTIONS[kind].objects.bulk_update(rows, ["extra"], batch_size=500)
                change.touch(kind, f"{addon.info.name}: {kind} extras upgraded to version {addon.info.version}")
        AddonState.objects.update_or_create(addon=addon.name, defaults={"extras_version": addon.info.version})


def upgrade_all_extras() -> dict[str, CommitError]:
    """The same for all addons; those that cannot, with the reason. What they added stays as it was, and is not to be seen or saved."""
    failed: dict[str, CommitError] = {}
    for addon in registry.addons:
        try:
            upgrade_extras(addon)
        except CommitError as error:
            failed[addon.name] = error
    return failed


def outdated_extras() -> set[str]:
    """The addons whose extras at the open tenant are still those of an older version."""
    addons = [addon for addon in registry.addons if addon.upgrade_extra is not None]
    states = AddonState.objects.in_bulk([addon.name for addon in addons], field_name="addon") if addons else {}
    return {addon.name for addon in addons if is_older(_version(states.get(addon.name)), addon.info.version)}


def _version(state: AddonState | None) -> str:
    return (state.extras_version or state.version) if state else ""


def _upgrade(addon: Addon, kind: str, rows: list[Any], version: str) -> None:
    """Gives the rows their new extras, unsaved."""
    assert addon.upgrade_extra is not None
    row: Any = None
    try:
        with blaming(addon, "its upgrade_extra"):
            found = [addon.upgrade_extra(kind, opened(row.extra[addon.name]), version) for row in rows]
    except CommitError as error:
        raise CommitError(f"{error} What it added to {kind} records stays as it was.") from error
    for row, values in zip(rows, found, strict=True):
        row.extra = {**row.extra, addon.name: _checked(addon, kind, row, values)}
    others = SECTIONS[kind].objects.exclude(pk__in=[row.pk for row in rows])
    for twin in twins(kind, [*others, *rows]):
        raise CommitError(f"Addon '{addon.name}' failed in upgrade.py: {kind} {twin.row}, {twin.param}: {twin.message}")


def _checked(addon: Addon, kind: str, row: Any, values: Any) -> dict[str, Any]:
    where = f"Addon '{addon.name}' failed in upgrade.py: what upgrade_extra returns for {kind} {row}"
    if not isinstance(values, dict):
        raise CommitError(f"{where} must be the values, not {describe(values)}")
    try:
        return clean_record(addon.extras[kind].params, values)
    except RecordErrors as error:
        raise CommitError(f"{where} cannot be saved: {'; '.join(error.lines())}") from None
