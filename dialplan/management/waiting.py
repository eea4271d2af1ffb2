"""Commands that deploy, and wait on request until what they changed is live."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.models import Q
from rich.console import Console
from rich.progress import Progress

from dialplan.deploy.models import OWN, Deployment

NOT_LIVE = 2  # what a command exits with when its wait ran out
STEP = 0.1
MOST = 20  # named in the message


class WaitingCommand(BaseCommand):
    """A command with --wait SECONDS, and a progress bar that only a terminal sees."""

    began: datetime | None = None  # by the database's clock

    def run_from_argv(self, argv: list[str]) -> None:
        """Exits with 1 when it is called in a wrong way, as 2 says that a wait ran out."""
        try:
            super().run_from_argv(argv)
        except SystemExit as end:
            raise SystemExit(1 if end.code == NOT_LIVE and self.began is None else end.code) from None

    def execute(self, *args: Any, **options: Any) -> str | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (self.began,) = cursor.fetchone()
        return super().execute(*args, **options)

    def add_wait(self, parser: CommandParser) -> None:
        text = f"wait until the nodes are live, at most so long; exit code {NOT_LIVE} after that"
        parser.add_argument("--wait", type=seconds, metavar="SECONDS", help=text)

    def wait(self, slugs: Iterable[str], limit: float | None, *, nodes: Iterable[str] = (), leaving: bool = False) -> None:
        """Returns when these tenants are live on all of their nodes, and with `leaving` gone from others.

        So must be the own files of those nodes, of the ones that are named, and of any whose files have changed since the command
        began. Raises CommandError with exit code 2 when they are not in time.
        """
        if limit is None:
            return
        slugs = sorted(set(slugs))
        own = Q(slug=OWN) & (Q(node__name__in=list(nodes)) | Q(wanted_at__gte=self.began))
        deadline = time.monotonic() + limit
        with self.progress("live") as show:
            while waiting := [row for row in _deployments(slugs, own, leaving=leaving) if not row.is_live]:
                show(f"waiting for {waiting[0]}", len(slugs), len(slugs) - len({row.slug for row in waiting} - {OWN}))
                if time.monotonic() >= deadline:
                    raise CommandError(f"Saved, but not live after {limit:g} s:\n{_reasons(waiting)}", returncode=NOT_LIVE)
                time.sleep(min(STEP, max(0.0, deadline - time.monotonic())))

    @contextmanager
    def progress(self, title: str) -> Iterator[Callable[[str, int, int], None]]:
        """A function that shows what is done now, how much there is to do and how much of that is done."""
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task(title, total=None)
            yield lambda what, total, done: bar.update(task, description=what, total=total or None, completed=done)


def _deployments(slugs: Iterable[str], own: Q, *, leaving: bool) -> list[Deployment]:
    """These tenants on their nodes, with those that they leave if that is asked; own files of those nodes, and others."""
    theirs = Deployment.objects.filter(slug__in=slugs)
    here = theirs if leaving else theirs.filter(removing=False)
    either = own | Q(pk__in=here.values("pk")) | Q(slug=OWN, node__in=here.values("node"))
    return list(Deployment.objects.filter(either).select_related("node"))


def _reasons(waiting: list[Any]) -> str:
    lines = []
    for row in waiting[:MOST]:
        why = row.error or row.node.error or ("the node was never seen; is a worker running?" if row.node.seen is None else "no answer yet")
        lines.append(f"  {row}: {' '.join(why.split())}")
    return "\n".join(lines + ([f"  ... and {len(waiting) - MOST} more"] if len(waiting) > MOST else []))


def seconds(text: str) -> float:
    """What --wait takes. Raises ValueError."""
    number = float(text)
    if not 0 <= number <= 86_400:
        raise ValueError(text)
    return number
