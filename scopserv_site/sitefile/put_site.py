"""Nodes and trunks, which belong to no tenant."""

from collections.abc import Iterable
from typing import Any

from dialplan.deploy.models import Node
from dialplan.trunks.lending import concerned, lent
from dialplan.trunks.models import Trunk
from scopserv_site.sitefile.faults import unknown
from scopserv_site.sitefile.plan import differences
from scopserv_site.sitefile.shape import ALL, NODES, TRUNKS, Part, Section
from scopserv_site.sitefile.work import Work, check_given, problems
from tenants.models import Tenant

NODE_COLUMNS = ("folder", "ami_host", "ami_port", "ami_user", "ami_secret", "sip_address", "files_only")


def put_nodes(work: Work, parts: tuple[Part, ...]) -> None:
    """Makes or changes the Asterisk servers that the file names."""
    stored = {node.name: node for node in Node.objects.all()} if parts else {}
    for part in parts:
        node = stored.get(part.key) or Node(name=part.key)
        before = _assign(work, node, part, NODE_COLUMNS)
        if not _is_due(work, node, part, NODES, before, NODE_COLUMNS):
            continue
        after = {name: getattr(node, name) for name in NODE_COLUMNS}
        _tell(work, part, NODES, None if node.pk is None else before, after)
        node.save()


def put_trunks(work: Work, parts: tuple[Part, ...], tenants: Iterable[Tenant]) -> None:
    """Makes or changes the trunks that the file names, and whom they are lent to."""
    if not parts:
        return
    by_slug = {tenant.slug: tenant for tenant in tenants}
    stored = {trunk.name: trunk for trunk in Trunk.objects.prefetch_related("tenants")}
    for part in parts:
        trunk = stored.get(part.key) or Trunk(name=part.key)
        lent_before = _lent_to(trunk)
        columns = [each.attribute for each in TRUNKS.fields]
        before = _assign(work, trunk, part, columns) | {"tenants": lent_before}
        wanted = _wanted(work, part, by_slug)
        if wanted is not None:
            trunk.all_tenants = wanted == ALL
        due = _is_due(work, trunk, part, TRUNKS, before, columns)
        if not due and wanted in (None, lent_before):
            continue
        after = {name: getattr(trunk, name) for name in columns} | {"tenants": lent_before if wanted is None else wanted}
        if work.faults:
            continue
        _tell(work, part, TRUNKS, None if trunk.pk is None else before, after)
        trunk.save()
        if wanted not in (None, ALL):
            trunk.tenants.set([by_slug[slug] for slug in wanted])
        work.change.all_nodes = True
        changed = [name for name in columns if before[name] != after[name]]
        for slug in concerned(_slugs(lent_before), _slugs(after["tenants"]), changed):
            work.change.touch("trunk", work.note, slug=slug)


def _slugs(tenants: Any) -> frozenset[str]:
    return lent(tenants == ALL, () if tenants == ALL else tenants)


def _lent_to(trunk: Trunk) -> Any:
    if trunk.pk is None:
        return ()
    return ALL if trunk.all_tenants else tuple(sorted(tenant.slug for tenant in trunk.tenants.all()))


def _wanted(work: Work, part: Part, by_slug: dict[str, Tenant]) -> Any:
    if part.tenants is None or part.tenants == ALL:
        return part.tenants
    for index, slug in enumerate(part.tenants):
        if slug not in by_slug:
            work.faults.add((*part.path, "tenants", index), f"tenant {slug!r} {unknown(slug, by_slug)}")
    return tuple(sorted(part.tenants))


def _assign(work: Work, record: Any, part: Part, columns: Iterable[str]) -> dict[str, Any]:
    before = {name: getattr(record, name) for name in columns}
    given = {name: value for name, value in part.values.items() if getattr(record, name) != value}
    with work.faults.at(part.path):
        check_given(given)
    for name, value in given.items():
        setattr(record, name, value)
    return before


def _is_due(work: Work, record: Any, part: Part, section: Section, before: dict[str, Any], columns: Iterable[str]) -> bool:
    """Whether a record is to be saved; says what is wrong with it if it is and cannot be."""
    if record.pk is not None and all(getattr(record, name) == before[name] for name in columns):
        return False
    found = list(problems(record))
    if found and section is TRUNKS:
        work.bad_trunks.add(part.key)
    for column, message in found:
        name = "ami" if column in ("ami_host", "ami_port") else section.file_name(column)
        work.faults.add(part.path if column in ("", section.key) else (*part.path, name), message)
    return not found


def _tell(work: Work, part: Part, section: Section, before: dict[str, Any] | None, after: dict[str, Any]) -> None:
    if before is None:
        work.plan.add(part.path)
        return
    secrets = [each.attribute for each in section.fields if each.secret]
    work.plan.change(part.path, differences(_shown(before), _shown(after), secrets))


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    return {name: ", ".join(value) or "nobody" if isinstance(value, tuple) else value for name, value in values.items()}
