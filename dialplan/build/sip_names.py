"""What the fields of phones, lines and trunks must look like; every check names the field and says what to do."""

from __future__ import annotations

import ipaddress
import re

from .names import check_text

_SECRET = re.compile(r"[!-~]{1,120}")  # printable ASCII without blanks, as phones type it
_USER = re.compile(r"[A-Za-z0-9_.+@-]{1,80}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"({_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::([0-9]{{1,5}}))?")
_LINE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_PREPEND = re.compile(r"\+?[0-9*#]{0,19}")
_CALLER_ID = re.compile(r"\+?[0-9]{2,20}")
LONGEST_NAME = 60  # bytes: Asterisk cuts a caller id at 79, in the middle of a character, and the number is in it too
_IN_QUOTES = frozenset('"\\<>;${}[]|')


def check_display_name(name: str) -> str:
    """Check a name that phones show: any script, but nothing that could end its quotes in conf text or be evaluated by Asterisk."""
    check_text("name", name)
    if bad := sorted(set(name) & _IN_QUOTES):
        raise ValueError(f'name: {name!a} holds {" ".join(bad)}; leave out " \\ < > ; $ {{ }} [ ] and |')
    if len(name.encode()) > LONGEST_NAME:
        raise ValueError(f"name: {name!a} is too long; use at most {LONGEST_NAME} letters, fewer where they are not of the Latin alphabet")
    return name


def check_secret(secret: str) -> str:
    """Check a SIP password."""
    if not isinstance(secret, str) or not _SECRET.fullmatch(secret):
        raise ValueError("secret: use 1 to 120 letters, digits and signs of ASCII, without blanks")
    return secret


def is_guessable(secret: str) -> bool:
    """Whether a SIP password is one of those that break-ins try first."""
    return len(secret) < 8 or secret.isdecimal()


def check_user(user: str) -> str:
    """Check the user name of a trunk's account."""
    if not isinstance(user, str) or not _USER.fullmatch(user):
        raise ValueError(f"user: {user!a} is not a SIP user name; use letters, digits and _ . + @ -")
    return user


def check_host(host: str) -> str:
    """Check a carrier's host name or address, with or without a port."""
    split_host(host)
    return host


def split_host(host: str) -> tuple[str, int]:
    """Take a host and its port apart; the port is SIP's own unless it is given."""
    found = _HOST.fullmatch(host) if isinstance(host, str) and len(host) <= 255 else None
    port = int(found[2] or 5060) if found else 0
    if not found or not 1 <= port <= 65535 or not _is_address(found[1]):
        raise ValueError(f"host: {host!a} is not a host; write sip.example.net, 192.0.2.10 or sip.example.net:5070")
    return found[1], port


def check_line_name(name: str) -> str:
    """Check the short name of an outgoing line."""
    if not isinstance(name, str) or not _LINE_NAME.fullmatch(name):
        raise ValueError(f"name: {name!a} cannot be used; 1 to 40 of a-z, 0-9, '-' and '_', for example 'local'")
    return name


def check_prepend(digits: str) -> str:
    """Check the digits that are put in front of a number."""
    if not isinstance(digits, str) or not _PREPEND.fullmatch(digits):
        raise ValueError(f"prepend: {digits!a} cannot be dialled; use digits, * and #, with a + in front if the carrier wants it")
    return digits


def check_caller_id(number: str) -> str:
    """Check the number that an outgoing call shows."""
    if not isinstance(number, str) or not _CALLER_ID.fullmatch(number):
        raise ValueError(f"caller ID: {number!a} is not a number; use 2 to 20 digits, with a + in front or without")
    return number


def _is_address(host: str) -> bool:
    """Tell whether what is in brackets is an IPv6 address, and a name of digits alone an IPv4 one."""
    if re.search(r"[A-Za-z]", host) and not host.startswith("["):
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
