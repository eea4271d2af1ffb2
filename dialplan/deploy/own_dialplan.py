"""A node's own dialplan: which files of tenants it takes in, and which of their contexts each trunk reaches."""

import re
from collections.abc import Iterable

from dialplan.deploy import live
from dialplan.deploy.ami import AMIClient

_INCLUDE = re.compile(r"^include => (.+)$", re.MULTILINE)
_BY_AMI = "#tryinclude"  # a tenant's file that is new brings lines which its own job sends over AMI


def wrong_includes(client: AMIClient, dialplan: str, gone: Iterable[str]) -> list[str]:
    """The contexts whose includes are not those of the text, or that should be gone and include something."""
    wanted = {block.split("]", 1)[0]: _INCLUDE.findall(block) for block in dialplan.split("\n[")[1:]}
    wanted = {context: includes for context, includes in wanted.items() if includes} | {context: [] for context in gone}
    there = live.read_includes(client, sorted(wanted))
    return [f"context {name} includes {there[name]}, not {includes}" for name, includes in wanted.items() if there[name] != includes]


def must_reload(old: str, new: str) -> bool:
    """Whether Asterisk can come from the old text to the new one by a reload only."""
    before, after = set(old.split("\n")), set(new.split("\n"))
    return bool(before - after) or any(not line.startswith(_BY_AMI) for line in after - before)
