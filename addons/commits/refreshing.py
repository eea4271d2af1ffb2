"""Takes edited, new or removed addons into a running console: checks them, has the web server load them, and recommits them."""

import os
import signal
from collections.abc import Collection

from addons.discovery.problems import Problem
from addons.discovery.registry import registry
from dialplan.changes import SERVER, changing
from tenants.schema import TenantMissing, all_slugs


def new_problems(changed: Collection[str], known: Collection[str]) -> list[Problem]:
    """What keeps the addons from being taken in: problems of those that changed, and of others that were fine before."""
    return [problem for problem in registry.broken if problem.addon in changed or problem.addon not in known]


def reload_web_server(pid: int) -> None:
    """Has gunicorn start new workers, which load the addons anew, and end the old ones when they have answered."""
    os.kill(pid, signal.SIGHUP)


def recommit(names: Collection[str]) -> list[str]:
    """Upgrades and recommits addons at every tenant, each in a transaction of its own; the tenants whose phones that changed."""
    rebuilt: set[str] = set()
    for slug in [*all_slugs(), SERVER]:
        try:
            with changing(actor="edited addon") as change:
                for name in names:
                    change.touch(name, f"Addon {name} edited", slug=slug)
            rebuilt.update(change.rebuilt)
        except TenantMissing:
            continue
    return sorted(rebuilt)
