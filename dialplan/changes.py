"""The one door through which the desired state changes: collect what was touched, then rebuild just that, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import connection, transaction

from dialplan.deploy.wanted import want, want_all_nodes, want_node_of
from dialplan.rebuild import rebuild
from dialplan.signals import commits_due, reaches_further
from tenants.audit.trail import noting
from tenants.schema import current_slug, open_tenant

SERVER = ""  # the "tenant" of what belongs to no tenant
MANY = "many records"  # what files and programs lock, so that they wait for each other; forms wait for none of another tenant
CLAIMS = "incoming numbers"  # what those lock who claim numbers, which no two tenants may have at one carrier


@dataclass(slots=True)
class Change:
    """What a transaction touched: kinds of record ("phone", "staff", "paging", ...) by tenant."""

    actor: str
    own: frozenset[str] = frozenset()  # addons whose failing commit must undo the change
    everything: bool = False  # recompute addons also where nothing that they read was touched
    touched: dict[str, set[str]] = field(default_factory=dict)
    nodes_of: set[str] = field(default_factory=set)
    all_nodes: bool = False  # the own files of every node change
    notes: dict[str, list[str]] = field(default_factory=dict)  # by tenant, as what is done at one is no other one's to read
    rebuilt: list[str] = field(default_factory=list)

    def touch(self, kind: str, note: str = "", slug: str | None = None) -> None:
        """Says that records of a kind changed, in the open tenant or in the one that is named (SERVER for none)."""
        where = current_slug() if slug is None else slug
        self.touched.setdefault(where, set()).add(kind)
        notes = self.notes.setdefault(where, [])
        if note and note not in notes:
            notes.append(note)

    def touch_node_files(self, slug: str | None = None) -> None:
        """Says that the nodes' own files change with this tenant, as they name its numbers and trunks."""
        self.nodes_of.add(current_slug() if slug is None else slug)

    def settle(self) -> None:
        """Rebuilds what was touched so far; done at the end in any case. Raises Refused when an addon of `own` fails."""
        if self.touched or self.nodes_of or self.all_nodes:
            _rebuild_touched(self)
            self.touched.clear()
            self.nodes_of.clear()
            self.all_nodes = False

    @property
    def tenants(self) -> list[str]:
        return sorted(slug for slug in self.touched if slug != SERVER)

    def told(self, slug: str) -> tuple[str, str]:
        """Who did what, as a tenant may know it: nothing of a change at another tenant that only reaches this one."""
        notes = self.notes.get(slug) or self.notes.get(SERVER) or []
        text = ", ".join(notes[:4]) + (f" and {len(notes) - 4} more" if len(notes) > 4 else "")
        return self.actor if notes else "", text[:200]


class _Undo(Exception):
    """Ends the transaction of a dry run."""


_current: ContextVar[Change | None] = ContextVar("change", default=None)


@contextmanager
def changing(actor: str = "", own: frozenset[str] = frozenset(), everything: bool = False, dry_run: bool = False) -> Iterator[Change]:
    """Runs its block and the rebuild of what it touched in one transaction; inside another one it joins that.

    Whatever is raised undoes everything: the records, the lines, the deployments. So does the end of a dry run.
    """
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    change = Change(actor=actor, own=own, everything=everything)
    token = _current.set(change)
    try:
        with suppress(_Undo), transaction.atomic(), noting(actor):
            yield change
            change.settle()
            if dry_run:
                raise _Undo
    finally:
        _current.reset(token)


def _rebuild_touched(change: Change) -> None:
    if len(change.tenants) != 1 or SERVER in change.touched or any(wide for _, wide in reaches_further.send(Change, change=change)):
        lock(SERVER)  # whoever may take several tenants takes this first, so that no two of them wait for each other
    for slug in change.tenants:
        lock(slug)
    commits_due.send(Change, change=change)
    for slug in change.tenants:
        with open_tenant(slug):
            actor, summary = change.told(slug)
            revision = rebuild(slug, actor=actor, summary=summary)
        if revision is not None:
            change.rebuilt.append(slug)
            want(slug, revision)
    if change.all_nodes:
        want_all_nodes()
    for slug in sorted(change.nodes_of):
        want_node_of(slug)


def lock_records(slug: str) -> None:
    """Makes those wait for each other who look at a tenant's records, to then save one: else each would find a number free.

    Whoever takes several locks takes MANY, those of records, CLAIMS, SERVER and those of tenants in this order, tenants by their slugs.
    """
    lock(f"{slug}/records")


def lock(slug: str) -> None:
    """Makes changes of one tenant wait for each other, until the transaction ends; taking it twice is free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 77))", [slug])


class TenantBusy(Exception):
    """The tenant is being changed right now."""


@contextmanager
def unchanging(slug: str) -> Iterator[None]:
    """Lets no change of a tenant begin before the end of its block. Raises TenantBusy, and waits for none, while one is under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock_shared(hashtextextended(%s, 77))", [slug])
        (free,) = cursor.fetchone()
    if not free:
        raise TenantBusy(f"{slug} is being changed; what becomes of it is brought there after that")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_shared(hashtextextended(%s, 77))", [slug])
