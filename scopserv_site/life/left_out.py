"""What no export holds: records of addons that are broken or not installed now, which alone could say what is in them."""

from collections import Counter
from collections.abc import Iterable, Iterator

from addons.discovery.registry import registry
from addons.models import Record
from addons.server.models import ServerRecord
from scopserv_site.sitefile.export import exported_addons
from scopserv_site.sitefile.shape import SECTIONS
from tenants.schema import all_slugs, open_tenant
from tenants.words import counted


def left_out(slug: str) -> list[str]:
    """What an export of a tenant leaves out, by addon, in words. Raises TenantMissing."""
    with open_tenant(slug):
        records = _records("tenant", Record.objects.values_list("addon", flat=True))
        additions: Counter[str] = Counter()
        for section in SECTIONS:
            for extra in section.model.objects.exclude(extra={}).values_list("extra", flat=True):
                additions.update(name for name, values in (extra or {}).items() if values and not _adds(name, section.kind))
    return [_told(name, records[name], additions[name]) for name in sorted(records | additions)]


def left_out_of_site() -> list[str]:
    """What an export of everything leaves out."""
    records = _records("server", ServerRecord.objects.values_list("addon", flat=True))
    tenants = (f"tenant {slug}: {told}" for slug in all_slugs() for told in left_out(slug))
    return [*(_told(name, records[name], 0) for name in sorted(records)), *tenants]


def _records(scope: str, names: Iterable[str]) -> Counter[str]:
    return Counter(name for name in names if name not in exported_addons(scope))


def _adds(name: str, kind: str) -> bool:
    return name in registry and kind in registry.get(name).extras


def _told(name: str, records: int, additions: int) -> str:
    return f"{' and '.join(_things(records, additions))} of addon '{name}', which {_state(name)}"


def _things(records: int, additions: int) -> Iterator[str]:
    if records:
        yield counted(records, "record")
    if additions:
        yield f"additions to {counted(additions, 'phone or line', 'phones or lines')}"


def _state(name: str) -> str:
    if any(problem.addon == name for problem in registry.broken):
        return "is broken"
    return "no longer declares them" if name in registry else "is not installed"
