"""The one writer of a site file's text.

Its bytes are stable, what fits has one line, and quotes stand wherever any reader of YAML could take a text otherwise.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 120
INDENT = "  "

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./@+-]|[ ](?=[A-Za-z0-9_./@+(-]))*")
_WORDS = frozenset("true false yes no on off y n null none nan inf".split())
_ESCAPES = {'"': r"\"", "\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"}


def yaml_text(document: Mapping[str, Any]) -> str:
    """The mapping as YAML."""
    return "".join(f"{line}\n" for line in _block(document, "")) or "{}\n"


def _block(mapping: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in mapping.items():
        head = f"{indent}{_scalar(key)}:"
        line = f"{head} {_flow(value)}" if _is_small(value) else ""
        if line and len(line) <= WIDTH:
            yield line
        elif isinstance(value, Mapping) and value:
            yield head
            yield from _block(value, indent + INDENT)
        elif isinstance(value, list) and value:
            yield head
            yield from (f"{indent}{INDENT}- {_flow(item)}" for item in value)
        else:
            yield f"{head} {_flow(value)}"


def _is_small(value: Any) -> bool:
    """Whether a value may stand on its key's line: plain values, lists, and mappings that hold no mapping and no list of lists."""
    if isinstance(value, Mapping):
        return not any(isinstance(each, Mapping) or _is_table(each) for each in value.values())
    return True


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, Mapping | list) for each in value)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return '"' + "".join(map(_escaped, value)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if unicodedata.category(character)[0] != "C" and unicodedata.category(character) not in ("Zl", "Zp"):
        return character
    code = ord(character)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
