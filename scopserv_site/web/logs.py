"""Logs name the pages that were asked for, but no token of an address: invitations, new passwords, ways from console to console."""

import logging
import re

TOKEN = re.compile(r"[\w:=-]{20,}")  # a file's name has a dot
GONE = "…"


def without_tokens(address: str) -> str:
    """A path without its query, and without what may be a token."""
    path = address.partition("?")[0]
    return "/".join(GONE if TOKEN.fullmatch(part) else part for part in path.split("/"))


class TokenFilter(logging.Filter):
    """Takes tokens out of the addresses in what Django and gunicorn log."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(("django.", "gunicorn.")) and isinstance(record.args, tuple):
            record.args = tuple(_scrubbed(each) for each in record.args)
        return True


def _scrubbed(value: object) -> object:
    return without_tokens(value) if isinstance(value, str) and value.startswith("/") else value
