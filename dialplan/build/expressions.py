"""Reads the ${...} and $[...] of a line that staff wrote, and reduces them to marks that tell how far each may be trusted.

A value that is not known to be plain can run a program: Asterisk evaluates functions that appear in the value of an
expression ($["${CALLERID(name)}"="Bob"] runs whatever SHELL(...) a caller puts into his name), in a computed name (${${X}}),
and in the first argument of CUT. So expressions may hold plain values only, and names must be written out.
"""

from __future__ import annotations

import re

PLAIN = "\ue001"  # a value of digits, letters and * # + _ . - alone
RESULT = "\ue002"  # the result of an expression: no '?', ',', parenthesis or backslash in it
WILD = "\ue003"  # any value at all

PLAIN_VARIABLES = frozenset(
    {
        "ANSWEREDTIME",
        "AUTO_ANSWER",
        "AVAILSTATUS",
        "DIALEDTIME",
        "DIALSTATUS",
        "EPOCH",
        "FROM_TRUNK",
        "HANGUPCAUSE",
        "PLAYBACKSTATUS",
        "PRIORITY",
        "READSTATUS",
        "UNIQUEID",
        "VMSTATUS",
    }
)
"""Set by Asterisk or by the system sections alone, and never to anything but a plain word or number."""

_ALL = r"[\s\S]*"
_WORDS = f"[A-Za-z0-9*#+_{PLAIN}]+"
_PLAIN_SET = r"(?:[0-9]-[0-9]|[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9A-Za-z*#+_])+"
_OWN_CONTEXT = rf"\{{tenant\}}-[a-z0-9{PLAIN}-]+"

# What may stand between a function's parentheses, and when its value is plain (None: never).
FUNCTIONS: dict[str, tuple[str, str | None]] = {
    "CALLERID": (r"[a-z-]+", None),
    "CHANNEL": (r"channeltype|language|linkedid|musicclass|name|state|uniqueid", None),
    "CUT": (rf"[A-Za-z]\w*,{_ALL}", None),
    "DB": (rf"\{{tenant\}}/{_ALL}", None),
    "DB_EXISTS": (rf"\{{tenant\}}/{_ALL}", _ALL),
    "DEVICE_STATE": (rf"(?:PJSIP/|Custom:)\{{tenant\}}_{_WORDS}", _ALL),
    "DIALPLAN_EXISTS": (rf"{_OWN_CONTEXT}(?:,{_ALL})?", _ALL),
    "EXISTS": (_ALL, _ALL),
    "EXTENSION_STATE": (rf"{_WORDS}@{_OWN_CONTEXT}", _ALL),
    "FILTER": (rf"[A-Za-z0-9*#+_-]+,{_ALL}", rf"{_PLAIN_SET},{_ALL}"),
    "IF": (_ALL, None),
    "IFTIME": (_ALL, None),
    "ISNULL": (_ALL, _ALL),
    "LEN": (_ALL, _ALL),
    "MATH": (_ALL, None),
    "PJSIP_HEADER": (r"(?:add|read|update|remove),[A-Za-z0-9*-]+(?:,[0-9]+)?", None),
    "RAND": (r"[0-9]+,[0-9]+", _ALL),
    "REGEX": (_ALL, _ALL),
    "STRFTIME": (_ALL, rf"[^,{WILD}]*,[^,{WILD}]*,(?:%[AaBbdHjmMSuwYy])+"),
    "TIMEOUT": (r"absolute|digit|response", None),
    "TOLOWER": (_ALL, None),
    "TOUPPER": (_ALL, None),
}

_SUBSTITUTION = re.compile(r"\$\{|\$\[|\{tenant\}|[{}\[\]]")
_VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-?[0-9]+){0,2}")
_CALL = re.compile(r"([A-Z_]+)\(([\s\S]*)\)(?::-?[0-9]+){0,2}")
_EXPRESSION = re.compile(rf"[^?()\\,:`~{WILD}]*")
_MARKS = (PLAIN, RESULT, WILD)


def reduce(text: str, exten: str) -> str:
    """Return the text with a mark for each substitution, having refused any that staff may not use in a line of this extension."""
    if any(mark in text for mark in _MARKS):
        raise ValueError("data: holds a character of the private-use area; take it out")
    # Only what matches a pattern's open end can put other than digits and letters into ${EXTEN}.
    return _reduce(text, 0, "", not exten.endswith((".", "!")))[0]


def check_function(name: str, arguments: str) -> None:
    """Check a function and its reduced arguments, whether it is read or set."""
    if name not in FUNCTIONS:
        raise ValueError(f"data: function {name} is not allowed in staff's lines; allowed are {', '.join(FUNCTIONS)}")
    if re.fullmatch(FUNCTIONS[name][0], arguments) is None:
        raise ValueError(f"data: {name}({show(arguments)}) is not allowed in staff's lines; {_advice(name)}")


def show(reduced: str) -> str:
    """Write a reduced text for a message."""
    return _shown(re.sub(f"[{PLAIN}{RESULT}{WILD}]", "...", reduced))


def _reduce(text: str, at: int, closing: str, closed_exten: bool) -> tuple[str, int]:
    """Reduce from a place up to the closing bracket, or to the end; return what was read, and where reading ended."""
    done = ""
    while found := _SUBSTITUTION.search(text, at):
        done += text[at : found.start()]
        at = found.end()
        match found[0]:
            case "${":
                inside, at = _reduce(text, at, "}", closed_exten)
                done += _variable(inside, closed_exten)
            case "$[":
                inside, at = _reduce(text, at, "]", closed_exten)
                done += _expression(inside)
            case "{tenant}":
                done += found[0]
            case bracket if bracket == closing:
                return done, at
            case bracket if not closing:
                done += bracket
            case bracket:
                raise ValueError(f"data: {_shown(text)} has a {bracket!r} inside ${{...}} or $[...] that is not its end; take it out")
    if closing:
        raise ValueError(f"data: a {closing!r} is missing at the end of {_shown(text)}")
    return done + text[at:], len(text)


def _variable(inside: str, closed_exten: bool) -> str:
    if variable := _VARIABLE.fullmatch(inside):
        plain = variable[1] in PLAIN_VARIABLES or (variable[1] == "EXTEN" and closed_exten)
        return PLAIN if plain else WILD
    call = _CALL.fullmatch(inside)
    if call is None:
        raise ValueError(f"data: ${{{show(inside)}}} is not a variable or function with its name written out")
    name, arguments = call[1], call[2]
    check_function(name, arguments)
    plain_when = FUNCTIONS[name][1]
    return PLAIN if plain_when is not None and re.fullmatch(plain_when, arguments) else WILD


def _expression(inside: str) -> str:
    if WILD in inside:
        raise ValueError(
            f"data: $[{show(inside)}] compares a value that anyone may have written, and Asterisk would run functions found in it; "
            "wrap each such value, as in ${FILTER(0-9a-zA-Z,${CALLERID(name)})}"
        )
    if _EXPRESSION.fullmatch(inside) is None or inside.count('"') % 2:
        raise ValueError(f"data: $[{show(inside)}] may compare and calculate, without parentheses, '?', ':', '~', ',' and backslashes")
    return RESULT


def _advice(name: str) -> str:
    match name:
        case "DB" | "DB_EXISTS":
            return "its family must begin with {tenant}/"
        case "DEVICE_STATE":
            return "name a device of this tenant, like PJSIP/{tenant}_101"
        case "DIALPLAN_EXISTS" | "EXTENSION_STATE":
            return "name a context of this tenant, like {tenant}-internal"
        case "CUT":
            return "its first argument must be a variable's name"
        case "FILTER":
            return "its first argument must be the characters to keep, like 0-9"
    return f"between its parentheses may stand: {FUNCTIONS[name][0]}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= 50 else f"{text[:47]}...")
