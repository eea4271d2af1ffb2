"""Asterisk's extension patterns, brought to the one way of writing each, so that two spellings never claim one place."""

from __future__ import annotations

import re

LONGEST = 79
_SETS = {"0123456789": "X", "123456789": "Z", "23456789": "N"}
_PIECE = re.compile(r"\[([^\[\]]*)\]|([0-9*#+a-zA-Z])|([.!])")
_RANGE = re.compile(r"([0-9])-([0-9])|([a-z])-([a-z])|([A-Z])-([A-Z])|([0-9*#+a-zA-Z])")


def clean_pattern(field: str, pattern: str) -> str:
    """Check a pattern that begins with '_' and return its one spelling: capitals X Z N, sets sorted."""
    if len(pattern) > LONGEST:
        raise ValueError(f"{field}: {pattern[:20]!a}... is longer than {LONGEST} characters; shorten it")
    body = pattern.removeprefix("_")
    pieces: list[str] = []
    at = 0
    while at < len(body):
        found = _PIECE.match(body, at)
        if found is None:
            raise ValueError(
                f"{field}: {pattern!a} has a mistake at {body[at : at + 10]!a}; a pattern holds digits, letters, '*', '#', '+', X, Z, N, "
                "sets like [2-5], and '.' or '!' at its end"
            )
        at = found.end()
        if found[3] and (at < len(body) or not pieces):
            raise ValueError(f"{field}: {pattern!a} would match anything; '{found[3]}' may stand only at the end, after what comes first")
        pieces.append(_clean_set(field, pattern, found[1]) if found[1] is not None else _clean_one(found[0]))
    if not pieces:
        raise ValueError(f"{field}: {pattern!a} matches nothing; write what is dialled, as in _9NXXXXXX")
    return "_" + "".join(pieces)


def _clean_one(character: str) -> str:
    return character.upper() if character in "xzn" else character


def _clean_set(field: str, pattern: str, inside: str) -> str:
    members: set[str] = set()
    at = 0
    while at < len(inside):
        found = _RANGE.match(inside, at)
        ends = [end for end in found.groups() if end] if found else []
        if found is None or ends[0] > ends[-1]:
            raise ValueError(f"{field}: {pattern!a} has a mistake in the set [{inside}]; write it like [2-5] or [139]")
        members.update(chr(code) for code in range(ord(ends[0]), ord(ends[-1]) + 1))
        at = found.end()
    if not members:
        raise ValueError(f"{field}: {pattern!a} has an empty set []; write what it may match, like [2-5]")
    if len(members) == 1 and not members & set("xznXZN"):
        return members.pop()  # in Asterisk _[5] and _5 are one place
    return _SETS.get("".join(sorted(members))) or f"[{''.join(_runs(sorted(members)))}]"


def _runs(members: list[str]) -> list[str]:
    """Write three or more neighbours as a range."""
    runs: list[list[str]] = []
    for member in members:
        if runs and ord(member) == ord(runs[-1][-1]) + 1 and member not in "0aA":
            runs[-1].append(member)
        else:
            runs.append([member])
    return [f"{run[0]}-{run[-1]}" if len(run) > 2 else "".join(run) for run in runs]
