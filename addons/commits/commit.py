"""Recomputes the addons that a change concerns, and keeps each one's last good output where a commit fails."""

import logging
from collections.abc import Iterable
from typing import Any

from django.db.models.functions import Now
from django.dispatch import receiver
from django.utils import timezone
from django_tenants.utils import get_public_schema_name, schema_context
from psycopg import sql

from addons.commits.extra_values import upgrade_all_extras
from addons.commits.infos import Infos
from addons.commits.outputs import dump, fingerprint, load
from addons.commits.running import CommitError, run_commit
from addons.commits.upgrading import upgrade_records
from addons.discovery.loading import Addon
from addons.discovery.registry import registry
from addons.models import AddonState, StateBase
from addons.server.models import ServerState
from addons.stored.collisions import refuse_collisions
from addons.stored.schemas import across
from dialplan.build.layers import merge
from dialplan.build.model import Layer
from dialplan.changes import SERVER, Change, lock
from dialplan.deploy.wanted import store_server_entries
from dialplan.signals import commits_due, layers_wanted, reaches_further
from tenants.life.limits import limits_of
from tenants.schema import TenantMissing, all_slugs, open_tenant

logger = logging.getLogger(__name__)


@receiver(reaches_further)
def concerns_server_addons(change: Change, **kwargs: Any) -> bool:
    return any(True for _ in _due_server_addons(change))


@receiver(commits_due)
def commit(change: Change, **kwargs: Any) -> None:
    """Runs the commit functions that the change concerns: each tenant's own addons, then server-wide ones."""
    for slug, kinds in _readers(change.touched.get(SERVER, set())):
        lock(slug)
        for kind in kinds:
            change.touch(kind, slug=slug)
    for slug in change.tenants:
        with open_tenant(slug):
            _commit_tenant(change, slug)
    for addon, state in list(_due_server_addons(change)):
        _commit_server(change, addon, state)


@receiver(layers_wanted)
def stored_layers(slug: str, **kwargs: Any) -> list[Layer]:
    """The open tenant's addon layers in the registry's order; a broken addon keeps its last good output, an absent one has none."""
    states = {state.addon: state for state in AddonState.objects.filter(enabled=True)}
    beyond = _beyond(slug)
    return [load(name, states[name].operations) for name in registry.order if name in states and name not in beyond]


def _beyond(slug: str) -> set[str]:
    """The addons of the tenant's own scope that it may not use; what they wrote counts for nothing."""
    limits = limits_of(slug)
    return {addon.name for addon in registry.addons if addon.info.scope == "tenant" and not limits.allows(addon.name)}


def _readers(kinds: set[str]) -> list[tuple[str, list[str]]]:
    """The tenants whose own addons read records of these server-wide addons, and which of them."""
    server = sorted(kind for kind in kinds if kind in registry and registry.get(kind).info.scope == "server")
    if not server:
        return []

    def select(slug: str) -> sql.Composable:
        query = sql.SQL("SELECT {}, kind FROM {}, unnest(%(kinds)s::text[]) AS kind WHERE enabled AND reads ? kind GROUP BY kind")
        return query.format(sql.Literal(slug), sql.Identifier(slug, AddonState._meta.db_table))

    found: dict[str, list[str]] = {}
    for slug, kind in across(all_slugs(), select, {"kinds": server}):
        found.setdefault(slug, []).append(kind)
    return sorted(found.items())


def _commit_tenant(change: Change, slug: str) -> None:
    failed = upgrade_all_extras()
    states = {state.addon: state for state in AddonState.objects.all()}
    infos = Infos(registry, [slug])
    beyond = _beyond(slug)
    AddonState.objects.filter(addon__in=beyond).exclude(version="").update(version="")  # so that it is due once it may be used again
    served = [addon for addon in registry.addons if addon.info.scope == "tenant" and addon.name not in beyond]
    own = [(addon, states.get(addon.name) or AddonState(addon=addon.name)) for addon in served]
    ran: list[str] = []
    for addon, state in [(addon, state) for addon, state in own if _upgraded(change, slug, addon, state, failed.get(addon.name))]:
        if not state.enabled or not _due(addon, state, change.touched[slug], change):
            continue
        ran.append(addon.name)
        try:
            pbx = run_commit(addon, infos)
        except CommitError as error:
            _fail(change, addon, state, error)
        else:
            _keep(state, addon, dump(pbx.operations.get(slug, ())), pbx.reads)
    AddonState.objects.filter(addon__in=ran).update(ran=Now())


def _upgraded(change: Change, slug: str, addon: Addon, state: AddonState, failed: CommitError | None) -> bool:
    """Brings the addon's records to its version before any addon reads them; whether that, and so with what it added, went well."""
    if failed is not None:
        _fail(change, addon, state, failed)
        return False
    if addon.upgrade is not None and _due(addon, state, change.touched[slug], change):
        try:
            upgrade_records(addon)
        except CommitError as error:
            _fail(change, addon, state, error)
            return False
    return True


def _due_server_addons(change: Change) -> Iterable[tuple[Addon, ServerState]]:
    addons = [addon for addon in registry.addons if addon.info.scope == "server" and (addon.commit or addon.upgrade)]
    if not addons:
        return
    kinds = set().union(*change.touched.values())
    with schema_context(get_public_schema_name()):
        states = {state.addon: state for state in ServerState.objects.all()}
    for addon in addons:
        state = states.get(addon.name) or ServerState(addon=addon.name)
        if _due(addon, state, kinds, change):
            yield addon, state


def _commit_server(change: Change, addon: Addon, state: ServerState) -> None:
    slugs = all_slugs()
    operations: dict[str, list[list[Any]]] = {}
    own: list[list[Any]] = []
    reads: set[str] = set(state.reads)
    with schema_context(get_public_schema_name()):
        if state.enabled:
            try:
                upgrade_records(addon)
                pbx = run_commit(addon, Infos(registry, slugs))
            except CommitError as error:
                _fail(change, addon, state, error)
                return
            operations = {slug: dump(written) for slug, written in pbx.operations.items()}
            own, reads = dump(pbx.server_operations), pbx.reads
        outputs = {slug: fingerprint(rows) for slug, rows in operations.items()}
        moved = sorted(slug for slug in outputs.keys() | state.outputs.keys() if outputs.get(slug) != state.outputs.get(slug))
        if state.enabled and addon.name in change.own:
            refuse_collisions(addon, pbx.get_infos(addon.name), [slug for slug in moved if slug in operations])
        changed = own != state.operations
        state.outputs = outputs
        _keep(state, addon, own, reads, force=bool(moved))
        ServerState.objects.filter(addon=addon.name).update(ran=Now())
        if changed:
            store_server_entries(_server_layers())
    for slug in moved:
        _hand_out(change, slug, addon.name, operations.get(slug, []))


def _server_layers() -> list[Any]:
    states = {state.addon: state for state in ServerState.objects.filter(enabled=True)}
    layers = [load(name, states[name].operations) for name in registry.order if name in states]
    return [placed for placed in merge(layers).entries if not placed.replaced_by]


def _hand_out(change: Change, slug: str, addon: str, operations: list[list[Any]]) -> None:
    lock(slug)
    try:
        with open_tenant(slug):
            AddonState.objects.update_or_create(addon=addon, defaults={"operations": operations})
    except TenantMissing:
        return  # it was deleted, and its part went with it
    change.touch(addon, slug=slug)


def _due(addon: Addon, state: StateBase, kinds: set[str], change: Change) -> bool:
    if change.everything or addon.name in kinds:
        return True
    if not state.enabled or (state.is_stopped and state.failed_version == addon.info.version):
        return False
    return state.pk is None or state.version != addon.info.version or not kinds.isdisjoint(state.reads)


def _keep(state: StateBase, addon: Addon, operations: list[list[Any]], reads: set[str], force: bool = False) -> None:
    before = _memory(state)
    state.operations, state.reads, state.error, state.version = operations, sorted(reads), "", addon.info.version
    state.failures, state.column_error = 0, ""
    if force or state.pk is None or before != _memory(state):
        state.save()


def _memory(state: StateBase) -> tuple[Any, ...]:
    return state.operations, state.reads, state.error, state.column_error, state.version


def _fail(change: Change, addon: Addon, state: StateBase, error: CommitError) -> None:
    if addon.name in change.own:
        raise error
    logger.warning("%s; its last good output stays", error)
    state.note_failure(str(error), addon.info.version)
    state.ran = timezone.now()
    state.save()
