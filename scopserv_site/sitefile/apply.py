"""Brings the site to what a file says: all of it in one transaction, or nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from django.db import IntegrityError, OperationalError

from dialplan.changes import CLAIMS, MANY, SERVER, changing, lock, lock_records
from dialplan.deploy.models import Node
from scopserv_site.sitefile import put_addons, put_dialplan
from scopserv_site.sitefile.checking import check
from scopserv_site.sitefile.faults import BadFile
from scopserv_site.sitefile.plan import Plan
from scopserv_site.sitefile.put_life import lend_trunks, put_server_switches, put_switches
from scopserv_site.sitefile.put_sections import put_section, remark_lines_to_nowhere, remove_section
from scopserv_site.sitefile.put_site import put_nodes, put_trunks
from scopserv_site.sitefile.put_sounds import put_sounds, remove_sounds
from scopserv_site.sitefile.put_tenants import Site, put_tenant
from scopserv_site.sitefile.shape import LINES_IN, LINES_OUT, PHONES, SiteFile, TenantPart
from scopserv_site.sitefile.tree import Source
from scopserv_site.sitefile.work import TenantWork, Work
from tenants.models import Tenant
from tenants.schema import open_tenant

DEADLOCK = "40P01"

# Each after what it may name: an addon's record names phones, an incoming line may lead to an addon's record.
PUT: tuple[Callable[[TenantWork], None], ...] = (
    put_switches,
    put_sounds,
    put_dialplan.put_contexts,
    partial(put_section, PHONES),
    partial(put_section, LINES_OUT),
    put_dialplan.put_lines,
    put_dialplan.put_entries,
    put_addons.put_tenant_records,
    partial(put_section, LINES_IN),
)
REMOVE: tuple[Callable[[TenantWork], None], ...] = (
    partial(remove_section, LINES_IN),
    put_addons.remove_tenant_records,
    put_dialplan.remove_dialplan,
    partial(remove_section, LINES_OUT),
    partial(remove_section, PHONES),
)
FINISH: tuple[Callable[[TenantWork], None], ...] = (put_dialplan.remove_contexts, remove_sounds, remark_lines_to_nowhere)

Advance = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a file did, or would do."""

    plan: Plan
    slugs: tuple[str, ...]  # the tenants that the file names or that its changes reached
    nodes: tuple[str, ...]  # those whose own files hold something that the file names
    remarks: tuple[str, ...]


def apply(
    source: Source,
    *,
    prune: bool = False,
    dry_run: bool = False,
    actor: str = "",
    note: str = "",
    node: str | None = None,
    advance: Advance = lambda what, total, done: None,
) -> Applied:
    """Apply a file; `advance` hears what is done now, of how many tenants, and how many of them are done;
    `note` is what the tenants' revisions say; `node` takes the place of what the file says of the tenants' nodes.

    Raises BadFile, or Refused when the commit function of an addon that the file changes fails.
    """
    file = check(source)
    if node is not None:
        file = replace(file, tenants=tuple(_put_on(node, part) for part in file.tenants))
    try:
        with changing(actor=actor, dry_run=dry_run) as change:
            _lock(file)
            work = Work(change, note=note or f"Applied {source.name.rpartition('/')[2]}", prune=prune)
            _put(work, file, advance)
            if work.faults:
                raise source.bad(work.faults)
            advance("building", 0, 0)
            change.settle()
            slugs = {*(part.slug for part in file.tenants), *change.rebuilt}
            applied = Applied(work.plan, tuple(sorted(slugs)), _nodes(file), tuple(work.remarks))
    except (IntegrityError, OperationalError) as error:
        if isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") != DEADLOCK:
            raise
        raise BadFile(f"{source.name}: somebody changed the same records at this moment; nothing was saved, so apply it again") from error
    return applied


def _lock(file: SiteFile) -> None:
    """Has all wait who look at the records that it changes; first of all, as whoever waits for them holds nothing that it needs."""
    lock(MANY)
    for slug in sorted({*(part.slug for part in file.tenants), *((SERVER,) if file.addons or file.trunks else ())}):
        lock_records(slug)
    if file.trunks or any("lines_in" in part.sections for part in file.tenants):
        lock(CLAIMS)


def _put_on(node: str, part: TenantPart) -> TenantPart:
    return part if part.settings.get("is_template") else replace(part, nodes=(node,))


def _nodes(file: SiteFile) -> tuple[str, ...]:
    """Trunks and what server-wide addons write may be on any of them."""
    if file.trunks or file.addons or file.addons_off is not None:
        return tuple(Node.objects.values_list("name", flat=True))
    return tuple(part.key for part in file.nodes)


def _put(work: Work, file: SiteFile, advance: Advance) -> None:
    put_nodes(work, file.nodes)
    site = Site.read(file)
    tenants = []
    for index, part in enumerate(file.tenants):
        advance(f"tenant {part.slug}", len(file.tenants), index)
        if put_tenant(work, site, part):
            tenants.append(TenantWork(work, part))
    put_trunks(work, file.trunks, _all_tenants() if file.trunks else ())
    lend_trunks(work, tenants)
    if work.prune:  # everywhere first, as what one tenant gives up another one may take
        _for_each(tenants, advance, REMOVE)
    _for_each(tenants, advance, PUT)
    if work.prune:
        _for_each(tenants, advance, FINISH)
    put_server_switches(work, file.addons_off)
    put_addons.put_server_records(work, file.addons)


def _for_each(tenants: list[TenantWork], advance: Advance, steps: Iterable[Callable[[TenantWork], None]]) -> None:
    for index, work in enumerate(tenants):
        advance(f"records of {work.part.slug}", len(tenants), index)
        with open_tenant(work.part.slug):
            for step in steps:
                step(work)


def _all_tenants() -> list[Tenant]:
    return list(Tenant.objects.exclude(schema_name="public"))
