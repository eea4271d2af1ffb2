"""What Asterisk may still have of files that were replaced before it was known to have loaded the new ones.

The files say only what should be there. What they said before is noted beside them until a job has ended, so that also after a crash,
or while Asterisk was away, it is known what has to go.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

CONTEXT = "context"
_BLOCK = re.compile(r"^\[([^\]\n]+)\]\n((?:[^\[\n][^\n]*\n|\n)*)", re.MULTILINE)
_TYPE = re.compile(r"^type = (.+)$", re.MULTILINE)
_UNTIL_RESTART = ("global", "transport")  # no reload takes them away
_INCLUDE = re.compile(r"^include => .+$", re.MULTILINE)


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """A context with what it includes, or a PJSIP object; of its options only a fingerprint, as one may be a password."""

    kind: str
    name: str
    digest: str


def items_of(slug: str, dialplan: str, pjsip: str) -> frozenset[Item]:
    """What a tenant's files define, or the node's own (slug ""); of files that somebody edited only what can be theirs."""
    context, endpoint = (f"{slug}-", f"{slug}_") if slug else ("trunk-", "")
    contexts = [Item(CONTEXT, name, _digest("\n".join(_INCLUDE.findall(body)))) for name, body in _BLOCK.findall(dialplan)]
    objects = [Item(kind[1], name, _digest(body)) for name, body in _BLOCK.findall(pjsip) if (kind := _TYPE.search(body))]
    objects = [item for item in objects if item.kind not in _UNTIL_RESTART]
    return frozenset(
        (
            *(item for item in contexts if item.name.startswith(context)),
            *(item for item in objects if item.name.startswith(endpoint) and (slug or "_" not in item.name)),
        )
    )


def items_text(items: Iterable[Item]) -> str:
    """One JSON line each."""
    return "".join(f"{json.dumps([item.kind, item.name, item.digest])}\n" for item in sorted(items))


def parse_items(text: str) -> frozenset[Item]:
    """Reads back what items_text wrote, of a damaged file what can be read."""
    found = set()
    for line in text.splitlines():
        try:
            kind, name, digest = json.loads(line)
        except (ValueError, TypeError):
            continue
        found.add(Item(str(kind), str(name), str(digest)))
    return frozenset(found)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest() if text else ""
