"""Keeps one node at what it should have: what is due, the connection to its Asterisk, and what becomes of it in the database."""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from dialplan.changes import TenantBusy
from dialplan.deploy import live
from dialplan.deploy.ami import AMIClient, AMIError, AMIRefused, AMITimeout, AMIUnreachable
from dialplan.deploy.backoff import Backoff
from dialplan.deploy.bring import bring, write_files
from dialplan.deploy.folder import FolderError, NodeFolder
from dialplan.deploy.job import Job, Wanted
from dialplan.deploy.left import Heir
from dialplan.deploy.models import DUE, WAITS, Deployment, Node
from dialplan.deploy.target import wanted_of
from dialplan.deploy.wanted import take_over

BATCH = 200  # tenants that share one reload
VERIFIED_AT_ONCE = 10  # few, so that a change never waits long behind them
VERIFY_SECONDS = 600.0
PING_SECONDS = 60.0
BUSY_SECONDS = 0.5
LOCK = 0x6E6F6465

logger = logging.getLogger(__name__)


class NodeGone(Exception):
    """The node is no longer in the database."""


class NodeDeployer:
    """Belongs to one thread, whose database connection it uses; `round` does what is due and says when it wants to be called again."""

    def __init__(self, node_id: int) -> None:
        self.node_id = node_id
        self.client: AMIClient | None = None
        self._address: tuple[str, int, str, str] | None = None
        self._reconnect = Backoff(0.5, 5.0)
        self._failing: dict[str, tuple[int, Backoff]] = {}  # by slug: what could not be brought there
        self._written: dict[str, int] = {}  # what the files hold while Asterisk is away
        self._unverified: set[str] = set()
        self._verify_at = 0.0
        self._ping_at = 0.0

    @property
    def connected(self) -> bool:
        return self.client is not None and self.client.connected

    def round(self) -> float:
        """Do what is due, as far as it can be done now; the seconds until there may be more without a notification."""
        node = Node.objects.filter(pk=self.node_id).first()
        if node is None:
            raise NodeGone
        if node.files_only:
            self._part_from_asterisk(node)
        else:
            self._connect(node)
        with _alone(node) as alone:
            if not alone:
                return BUSY_SECONDS
            rows = self._rows(node)
            if rows:
                return 0.0 if self._deploy(node, rows) else BUSY_SECONDS
        return self._idle_seconds()

    def close(self) -> None:
        """Drop the connection to Asterisk."""
        if self.client:
            self.client.close()

    def listen(self) -> None:
        """Find out whether a connection that has become readable, or was silent for long, is still there."""
        if self.client is None or not self.client.connected:
            return
        this = Node.objects.filter(pk=self.node_id)
        try:
            self.client.do("Ping")
        except AMIError as error:
            self._lost(this, error)
        else:
            self._ping_at = time.monotonic() + PING_SECONDS
            this.update(seen=_database_time())

    def _part_from_asterisk(self, node: Node) -> None:
        """Only the node's files count from now on; what waited for its Asterisk does not wait any more."""
        self.close()
        self.client = self._address = None
        self._written.clear()
        if node.error:
            Node.objects.filter(pk=node.pk).update(error="")

    def _connect(self, node: Node) -> None:
        address = (node.ami_host, node.ami_port, node.ami_user, node.ami_secret)
        if address != self._address:
            self.close()
            self.client, self._address = AMIClient(*address), address
            self._reconnect.reset()
        client = self.client
        assert client is not None
        now = time.monotonic()
        if client.connected:
            if now >= self._ping_at:
                self.listen()
            if now >= self._verify_at:
                self._verify_all(node)
            return
        if now < self._reconnect.at:
            return
        this = Node.objects.filter(pk=node.pk)
        try:
            client.connect()
            facts = live.read_facts(client)
        except AMIError as error:
            self._lost(this, error)
            node.error = str(error)
            if isinstance(error, AMIRefused):
                self._reconnect.at += 10  # a wrong secret does not mend itself, and each attempt is a warning in Asterisk's log
            return
        # Whatever it did or was done to it meanwhile is unknown, so all of it is read back, in small parts.
        self._reconnect.reset()
        self._failing.clear()
        self._written.clear()
        self._verify_all(node)
        self._ping_at = now + PING_SECONDS
        this.update(
            asterisk_version=facts.version, applications=list(facts.applications), started=facts.started, seen=_database_time(), error=""
        )
        logger.info("%s: connected to Asterisk %s, which started %s", node, facts.version, facts.started)

    def _lost(self, node: QuerySet[Node], error: AMIError) -> None:
        self.close()
        self._reconnect.failed()
        if node.exclude(error=str(error)).update(error=str(error)):
            logger.warning("%s", error)

    def _verify_all(self, node: Node) -> None:
        self._unverified = set(Deployment.objects.filter(node=node).values_list("slug", flat=True))
        self._verify_at = time.monotonic() + VERIFY_SECONDS

    def _rows(self, node: Node) -> list[Deployment]:
        now = time.monotonic()
        rows = [row for row in self._placed(node).filter(DUE) if self._may_try(row, now)][:BATCH]
        if not rows and self.connected and self._unverified:
            slugs = sorted(self._unverified)[:VERIFIED_AT_ONCE]
            rows = list(self._placed(node).filter(slug__in=slugs))
            self._unverified -= set(slugs) - {row.slug for row in rows}
            rows = [row for row in rows if self._may_try(row, now)]
            self._unverified -= set(slugs) - {row.slug for row in rows}
        return rows

    def _placed(self, node: Node) -> QuerySet[Deployment]:
        return Deployment.objects.filter(node=node).exclude(WAITS).select_related("heir__node").order_by("slug")

    def _may_try(self, row: Deployment, now: float) -> bool:
        failed, backoff = self._failing.get(row.slug, (None, None))
        if backoff and failed == row.wanted and now < backoff.at:  # what was saved since then may be the cure
            return False
        return self._written.get(row.slug) != row.wanted

    def _deploy(self, node: Node, rows: Sequence[Deployment]) -> bool:
        """Whether there was anything that could be tried: of tenants that are being changed, nothing can."""
        jobs = [(row, job) for row in rows if (job := self._job(node, row))]
        todo = [job for _, job in jobs]
        folder = NodeFolder(node.folder, node.name)
        complete = True
        try:
            if self.connected:
                assert self.client is not None
                bring(todo, folder, self.client)
            else:
                write_files(todo, folder, final=node.files_only)
                complete = node.files_only
                self._written |= {} if complete else {row.slug: row.wanted for row, job in jobs if not job.error}
        except (AMIUnreachable, AMITimeout) as error:
            _note_cleared(jobs)
            self._lost(Node.objects.filter(pk=node.pk), error)
            return True  # the next round writes the files at least
        except FolderError as error:
            for job in todo:
                job.error = job.error or str(error)
        _note_cleared(jobs)
        now = _database_time()
        for row, job in jobs:
            if job.error:
                self._failed(node, row, job.error)
            elif complete:
                self._done(node, row, job, now)
            else:
                Deployment.objects.filter(pk=row.pk).update(error=f"Its files are written; waiting for Asterisk. {node.error}".strip())
        return bool(jobs)

    def _job(self, node: Node, row: Deployment) -> Job | None:
        digest = "" if row.clear or row.slug in self._unverified else row.digest
        try:
            return Job(wanted_of(node, row), digest, clear=row.clear, heir=_heir(row))
        except TenantBusy:
            return None
        except Exception as error:
            logger.exception("%s on %s: what it should be cannot be told", row.slug or "own files", node)
            return Job(Wanted(row.slug), digest, error=f"{type(error).__name__}: {error}")

    def _done(self, node: Node, row: Deployment, job: Job, now: datetime) -> None:
        self._failing.pop(row.slug, None)
        if job.differs and row.is_live:
            logger.warning("%s on %s was not as it should be, and is again: %s", row.slug or "own files", node, "; ".join(job.differs[:10]))
        self._unverified.discard(row.slug)
        this = Deployment.objects.filter(pk=row.pk)
        if job.wanted.gone:
            this.filter(removing=True).delete()
            return
        values: dict[str, Any] = {"error": "", "digest": job.digest}
        if not row.is_live:
            took = max(0, round((now - row.wanted_at).total_seconds() * 1000))
            values |= {"live": row.wanted, "live_at": now, "milliseconds": min(took, 2**31 - 1)}
        asked_anew = ~Q(digest=row.digest) | Q(live__isnull=row.live is not None)  # by `want_again`, while this was under way
        with transaction.atomic():
            if this.exclude(asked_anew).update(**values) and not row.is_live:
                take_over(row)  # after that, so that who moves the tenant here sees it live, or is seen

    def _failed(self, node: Node, row: Deployment, error: str) -> None:
        _, backoff = self._failing.get(row.slug, (None, Backoff(1.0, 60.0)))
        backoff.failed()
        self._failing[row.slug] = row.wanted, backoff
        self._unverified.discard(row.slug)
        logger.error("%s on %s: %s", row.slug or "own files", node, error)
        # Not trusted any more: the next attempt asks Asterisk what it has.
        Deployment.objects.filter(pk=row.pk).update(error=error, digest="", live=None)

    def _idle_seconds(self) -> float:
        now = time.monotonic()
        times = [backoff.at for _, backoff in self._failing.values() if backoff.at > now]
        times += [self._ping_at, self._verify_at] if self.connected else [self._reconnect.at] if self.client else []
        return max(0.05, min([now + PING_SECONDS, *times]) - now)


def _heir(row: Deployment) -> Heir | None:
    """Of files that no Asterisk is asked about, nothing is handed over."""
    if row.heir is None or row.heir.node.files_only:
        return None
    return Heir(row.heir.slug, None if row.heir.node_id == row.node_id else row.heir.node.client)


def _note_cleared(jobs: Iterable[tuple[Deployment, Job]]) -> None:
    """What an earlier tenant left is gone; what calls leave from now on is this one's, also if the rest is to be tried again."""
    cleared = [row.pk for row, job in jobs if row.clear and not job.clear]
    if cleared:
        Deployment.objects.filter(pk__in=cleared).update(clear=False)


@contextmanager
def _alone(node: Node) -> Iterator[bool]:
    """Whether nobody else is at work on this node's files now; nobody will be, until the end of the block."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, node.pk])
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, node.pk])


def _database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return now
