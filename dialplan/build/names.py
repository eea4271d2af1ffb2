"""What a name or a text must look like, and what it is called in Asterisk; every check names the field and says what to do."""

from __future__ import annotations

import re
from dataclasses import replace

from tenants.texts import check_text, quoted

from .model import HINT, Entry, Line
from .patterns import clean_pattern

SECTION_CONTEXTS = frozenset({"auto-answer", "outside"})
TOKEN = re.compile(r"(?<!\$)\{tenant\}")
MAX_LINE_BYTES = 8000  # Asterisk skips a config line of more than 8,191 bytes and still answers Success
MAX_VALUE_BYTES = 1000  # AstDB is written over AMI, whose lines hold 1,022 bytes
MAX_FAMILY_BYTES = 80  # Asterisk holds family and key in 255 bytes, slug and slashes included
MAX_OWN_FAMILY_BYTES = 63  # of a tenant, so that it fits below the longest slug
MAX_KEY_BYTES = 150
MAX_PRIORITY = 1_000_000
LONGEST_SLUG = 16

_SLUG = re.compile(r"[a-z][a-z0-9]{0,15}")
_CONTEXT = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_EXTEN = re.compile(r"[0-9*#+a-zA-Z]{1,79}")
_APPLICATION = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
_FAMILY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")
_NUMBER = re.compile(r"[0-9]{2,10}")
_DID = re.compile(r"\+?[0-9]{2,20}")
_TRUNK = re.compile(r"[a-z][a-z0-9]{0,30}")
_RESERVED_SLUGS = frozenset({"trunk"})  # context "trunk-x" belongs to trunk x
_RESERVED_TRUNKS = frozenset({"global", "system", "acl", "udp", "tcp", "tls", "general", "default"})


def check_slug(slug: str) -> str:
    """Check a tenant's slug as far as the names on a node depend on it."""
    if not _matches(_SLUG, slug) or slug in _RESERVED_SLUGS:
        raise ValueError(f"slug: {quoted(slug)} cannot be used; 1 to 16 of a-z and 0-9, beginning with a letter, and not 'trunk'")
    return slug


def check_context(context: str) -> str:
    """Check a context's short name, without the tenant's slug."""
    if not _matches(_CONTEXT, context):
        raise ValueError(f"context: {quoted(context)} is not a context's name; use 1 to 40 of a-z, 0-9 and '-', beginning with no '-'")
    return context


def is_reserved_context(context: str) -> bool:
    """Tell whether only the system sections may write to this context."""
    return context in SECTION_CONTEXTS or context.startswith("in-")


def check_description(text: str) -> str:
    """Check what people say of something."""
    return check_text("description", text)


def check_exten(exten: str) -> str:
    """Check an extension or a pattern (which begins with '_'); a pattern comes back in the one way of writing it."""
    if isinstance(exten, str) and exten.startswith("_"):
        return clean_pattern("exten", exten)
    if not _matches(_EXTEN, exten):
        raise ValueError(
            f"exten: {quoted(exten)} is not an extension; use 1 to 79 of 0-9, a-z, A-Z, '*', '#' and '+', or a pattern that begins with '_'"
        )
    return exten


def check_priority(priority: int | str) -> int:
    """Check a priority, a whole number from 1 or "hint", and return how it is stored."""
    if priority == "hint":
        return HINT
    if isinstance(priority, bool) or not isinstance(priority, int) or not 1 <= priority <= MAX_PRIORITY:
        raise ValueError(f'priority: {quoted(priority)} is not a priority; use a whole number from 1 to {MAX_PRIORITY:,}, or "hint"')
    return priority


def check_application(application: str) -> str:
    """Check the form of an application's name; whether staff may run it is policy.py's business."""
    if not _matches(_APPLICATION, application):
        raise ValueError(
            f"application: {quoted(application)} is not an application's name; use up to 31 letters, digits and '_', as in 'Dial'"
        )
    return application


def check_data(data: str) -> str:
    """Check an application's data: any text on one line that still fits Asterisk's line once it is escaped."""
    check_text("data", data)
    size = len(data.replace(";", r"\;").encode()) + len(TOKEN.findall(data)) * (LONGEST_SLUG - len("{tenant}")) + 200
    if size > MAX_LINE_BYTES:
        raise ValueError(f"data: {quoted(data)} makes a line of {size:,} bytes; shorten it to fit {MAX_LINE_BYTES:,}")
    return data


def check_device(data: str) -> str:
    """Check what a hint watches, such as PJSIP/{tenant}_101 or Custom:lamp1&PJSIP/{tenant}_102."""
    if not _matches(re.compile(r"(?:[A-Za-z0-9_/:@.+&,-]|\$\{EXTEN\}|(?<!\$)\{tenant\})+"), data) or len(data) > 1000:
        raise ValueError(f"data: {quoted(data)} is not a device for a hint; write it like PJSIP/{{tenant}}_101, several joined by '&'")
    return data


def check_line(line: Line) -> Line:
    """Check every field of a line and return it cleaned."""
    if line.priority == HINT and not isinstance(line.priority, bool):
        if line.application:
            raise ValueError(f"application: a hint has none, {quoted(line.application)} must be empty; put the device into data")
        return Line(check_context(line.context), check_exten(line.exten), HINT, "", check_device(line.data))
    return Line(
        check_context(line.context),
        check_exten(line.exten),
        check_priority(line.priority),
        check_application(line.application),
        check_data(line.data),
    )


def check_family(family: str) -> str:
    """Check the part of an AstDB family that a tenant chooses."""
    if not _matches(_FAMILY, family) or len(family) > MAX_OWN_FAMILY_BYTES:
        raise ValueError(
            f"family: {quoted(family)} is not a family's name; use up to {MAX_OWN_FAMILY_BYTES} letters, digits, "
            "'_', '.', ':' and '-' (no '/'), beginning with a letter or digit"
        )
    return family


def check_whole_family(family: str) -> str:
    """Check a family that is named in full, as a server-wide addon does: parts joined by '/'."""
    for part in family.split("/") if isinstance(family, str) else [family]:
        check_family(part)
    if len(family) > MAX_FAMILY_BYTES:
        raise ValueError(f"family: {quoted(family)} is longer than {MAX_FAMILY_BYTES} characters; shorten it")
    return family


def check_key(key: str) -> str:
    """Check an AstDB key: text on one line, without '/', which Asterisk could not tell from a longer family."""
    check_text("key", key)
    if not key or key != key.strip() or "/" in key or len(key.encode()) > MAX_KEY_BYTES:
        raise ValueError(
            f"key: {quoted(key)} is not an AstDB key; use 1 to {MAX_KEY_BYTES} bytes without '/' and without blanks at either end"
        )
    return key


def check_value(value: str) -> str:
    """Check an AstDB value: text on one line that fits one AMI header."""
    check_text("value", value)
    if value != value.strip() or len(value.encode()) > MAX_VALUE_BYTES:
        raise ValueError(f"value: {quoted(value)} cannot be stored; use at most {MAX_VALUE_BYTES:,} bytes without blanks at either end")
    return value


def check_number(number: str) -> str:
    """Check a phone's number."""
    if not _matches(_NUMBER, number):
        raise ValueError(f"number: {quoted(number)} is not a phone's number; use 2 to 10 digits")
    return number


def check_did(number: str) -> str:
    """Check the number of an incoming line."""
    if not _matches(_DID, number):
        raise ValueError(f"number: {quoted(number)} is not an incoming number; use 2 to 20 digits, with or without a leading '+'")
    return number


def check_pattern(pattern: str) -> str:
    """Check what an outgoing line matches and return it as Asterisk's pattern, with its '_'."""
    if not isinstance(pattern, str):
        raise ValueError(f"pattern: {quoted(pattern)} is not text")
    cleaned = clean_pattern("pattern", f"_{pattern.removeprefix('_')}")
    if re.search(r"[a-zA-Z]", re.sub(r"[XZN]", "", cleaned)):
        raise ValueError(
            f"pattern: {quoted(pattern)} holds letters; use digits, '*', '#', '+', X (0-9), Z (1-9), N (2-9) and sets like [2-5]"
        )
    if cleaned[-1] in ".!" and not re.search(r"[0-9*#+]", re.sub(r"\[[^]]*\]", "", cleaned)):
        raise ValueError(f"pattern: {quoted(pattern)} would match whatever is dialled; begin it with a digit, as in 9X.")
    return cleaned


def check_trunk(name: str) -> str:
    """Check a trunk's name."""
    if not _matches(_TRUNK, name) or name in _RESERVED_TRUNKS:
        raise ValueError(
            f"trunk: {quoted(name)} cannot be a trunk's name; 1 to 31 of a-z and 0-9, beginning with a letter, and no reserved word"
        )
    return name


def fill(slug: str, data: str) -> str:
    """Put the slug where {tenant} stands; ${tenant} stays Asterisk's."""
    return TOKEN.sub(check_slug(slug), data)


def context_name(slug: str, context: str) -> str:
    """Name a tenant's context as Asterisk knows it: acme-internal."""
    return f"{check_slug(slug)}-{check_context(context)}"


def device_name(slug: str, number: str) -> str:
    """Name a phone's endpoint, auth and aor: acme_101."""
    return f"{check_slug(slug)}_{check_number(number)}"


def family_name(slug: str, family: str) -> str:
    """Name a tenant's AstDB family as Asterisk knows it: acme/cid."""
    return f"{check_slug(slug)}/{check_family(family)}"


def place_line(slug: str, line: Line) -> Line:
    """Turn a tenant's line into the line that Asterisk loads."""
    return replace(line, context=context_name(slug, line.context), data=fill(slug, line.data))


def place_entry(slug: str, entry: Entry) -> Entry:
    """Turn a tenant's AstDB entry into the one that Asterisk stores."""
    return replace(entry, family=family_name(slug, entry.family))


def _matches(regex: re.Pattern[str], text: object) -> bool:
    return isinstance(text, str) and regex.fullmatch(text) is not None
