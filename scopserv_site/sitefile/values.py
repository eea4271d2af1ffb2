"""The kinds of value that fields of a site file have; each check gives the value, or raises ValueError with what it may be."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

from addons.declarations.declare import kind as describe

_WHOLE = re.compile(r"-?[0-9]{1,9}")


def text(value: Any) -> str:
    """A text; a whole number is taken as the text of its digits. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"must be text, not {said(value)}")
    return str(value)


def said(value: Any) -> str:
    """A value in a message, in the file's words."""
    if value is None:
        return "empty; give a value or leave the key out"
    if isinstance(value, bool):
        return f"{str(value).lower()}; write it in quotes if that is the text"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else describe(value)


def whole(value: Any) -> int:
    """A whole number, with or without quotes. Raises ValueError."""
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"must be a whole number, not {said(value)}")
    return value


def tick(value: Any) -> bool:
    """True or false. Raises ValueError."""
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {describe(value) if value is not None else 'empty'}")
    return value


def limit(value: Any) -> int | None:
    """A number that is not negative, or null for none. Raises ValueError."""
    if value is None:
        return None
    if whole(value) < 0:
        raise ValueError(f"must be 0 or more, or null for no limit, not {value}")
    return whole(value)


def address(value: str) -> dict[str, Any]:
    """The columns of HOST:PORT. Raises ValueError."""
    host, _, port = value.rpartition(":")
    if not host or not re.fullmatch(r"[0-9]{1,5}", port):
        raise ValueError(f"{value!r} is not HOST:PORT, such as 127.0.0.1:5038")
    return {"ami_host": host, "ami_port": int(port)}


def from_base64(value: Any) -> bytes:
    """The bytes that a text stands for. Raises ValueError."""
    try:
        return base64.b64decode("".join(text(value).split()), validate=True)
    except binascii.Error:
        raise ValueError("must be a recording in base64, as 'base64 welcome.wav' gives it") from None


KINDS: dict[str, Callable[[Any], Any]] = {"text": text, "whole": whole, "tick": tick, "limit": limit}
