"""What the lines that a tenant's own staff write may run: listed applications and functions, aimed at that tenant alone.

What a line reaches must be written out up to and including {tenant}, so that nothing computed while a call runs can choose another tenant.
Trunks they reach through outgoing lines alone, which refuse calls that came from a trunk, and count.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .expressions import PLAIN, PLAIN_VARIABLES, RESULT, WILD, check_function, reduce, show
from .model import HINT, Line
from .names import check_line, is_reserved_context
from .sections import OUTSIDE

HARMLESS = frozenset(
    "Answer Busy Congestion ContinueWhile Echo EndWhile ExitWhile Hangup MusicOnHold NoOp Playtones Proceeding Progress Ringing "
    "SayAlpha SayDigits SayNumber SayPhonetic StartMusicOnHold StopMusicOnHold StopPlaytones Verbose Wait WaitExten While".split()
)
"""Whatever their data says, these reach nothing but the call itself."""

_P = f"[0-9A-Za-z*#+_{PLAIN}]"
_DEVICE = re.compile(rf"PJSIP/\{{tenant\}}_{_P}+|Local/{_P}+@\{{tenant\}}-[a-z0-9-]+(?:/[njmb]+)?")
_WATCHED = re.compile(rf"(?:PJSIP/|Custom:|CustomPresence:)\{{tenant\}}_{_P}+")
_FILE = re.compile(rf"[A-Za-z0-9_{PLAIN}-][A-Za-z0-9_+#*{PLAIN}/-]*")
_BOX = re.compile(rf"{_P}*@\{{tenant\}}")
_PLACE = re.compile(rf"(?:(?:\{{tenant\}}-[a-z0-9-]+,)?{_P}+,)?[0-9{PLAIN}]+")
_CONDITION = re.compile(rf"[0-9A-Za-z_*#+ {PLAIN}{RESULT}]*")
_TIMES = re.compile(r"[0-9A-Za-z:,*&/_+ -]*")
_OPTION = re.compile(r"([A-Za-z])(?:\(([^()]*)\))?")
_SET = re.compile(r"(?:(_{0,2}[A-Za-z][A-Za-z0-9_]*)|([A-Z_]+)\(([^=]*)\))=([\s\S]*)")
_WORD = re.compile(rf"[A-Za-z0-9_{PLAIN}-]+")
# Words in the names of variables by which Asterisk itself is steered: where calls go, what is run, what is recorded. PBX_ is for those of
# addons, as staff's lines may jump into the middle of theirs, past where a variable gets its value.
_STEERING = re.compile(
    "AGENT|AGI|BRIDGE|CONTEXT|EXEC|EXTEN|FEATURE|GOSUB|GROUP|LIMIT|MACRO|MEETME|MONITOR|PARK|PBX_|PICKUP|QUEUE|SEND_SUB|SPY|TRANSFER|VM_|XFR"
)


@dataclass(frozen=True, slots=True)
class _Target:
    """An application's reduced data, and what its checker needs to know beside it."""

    application: str
    data: str

    def refuse(self, what: str, allowed: str) -> ValueError:
        return ValueError(f"data: {self.application}: {show(what)} is not allowed in staff's lines; {allowed}")

    def arguments(self, most: int) -> list[str]:
        arguments = self.data.split(",")
        if len(arguments) > most:
            raise self.refuse(",".join(arguments[most:]), f"at most {most} arguments")
        return arguments


def check_staff_line(line: Line) -> Line:
    """Check a line that staff wrote and return it cleaned."""
    line = check_line(line)
    if is_reserved_context(line.context):
        raise ValueError(f"context: {line.context!r} is written by the system sections alone; choose another name")
    if line.priority == HINT:
        _check_hint(line)
    else:
        _check_application(line.application, reduce(line.data, line.exten))
    return line


def _check_hint(line: Line) -> None:
    for device in re.split("[&,]", reduce(line.data, line.exten)):
        if _WATCHED.fullmatch(device) is None:
            raise ValueError(f"data: a hint may not watch {show(device)}; name devices of this tenant, like PJSIP/{{tenant}}_101")


def _check_application(application: str, data: str) -> None:
    if application.lower() in _HARMLESS_LOWER:
        return
    checker = _CHECKERS.get(application.lower())
    if checker is None:
        raise ValueError(
            f"application: {application} is not allowed in staff's lines; allowed are {', '.join(sorted([*HARMLESS, *_CHECKED]))}"
        )
    target = _Target(application, data)
    if f"{{tenant}}-{OUTSIDE}" in data:
        raise target.refuse(f"{{tenant}}-{OUTSIDE}", "calls go out through {tenant}-internal, where those from a trunk are refused")
    if WILD in data and application.lower() != "set":
        raise target.refuse(data, "a value that anyone may have written must be wrapped, as in ${FILTER(0-9*#+,${X})}")
    if ('"' in data or "\\" in data) and application.lower() != "set":
        raise target.refuse(data, "write it without quotes and backslashes")
    checker(target)


def _check_dial(target: _Target) -> None:
    devices, *rest = target.arguments(3)
    _check_devices(target, devices)
    if rest and re.fullmatch(rf"[0-9.^{PLAIN}]*", rest[0]) is None:
        raise target.refuse(rest[0], "the second argument is a number of seconds")
    _check_options(target, rest[1] if len(rest) == 2 else "", plain="cCdegHhIimrTt", files="A", jumps="bBFGU", values="LmrS")


def _check_page(target: _Target) -> None:
    devices, *rest = target.arguments(3)
    _check_devices(target, devices)
    _check_options(target, rest[0] if rest else "", plain="diqs", files="A", jumps="bB", values="")
    if len(rest) == 2 and re.fullmatch(rf"[0-9{PLAIN}]*", rest[1]) is None:
        raise target.refuse(rest[1], "the third argument is a number of seconds")


def _check_devices(target: _Target, devices: str) -> None:
    for device in devices.split("&"):
        if _DEVICE.fullmatch(device) is None:
            outside = "; calls go out by Local/NUMBER@{tenant}-internal, where the outgoing lines are" if "@" in device else ""
            raise target.refuse(device, f"allowed are PJSIP/{{tenant}}_NUMBER and Local/NUMBER@{{tenant}}-CONTEXT{outside}")


def _check_options(target: _Target, options: str, *, plain: str, files: str, jumps: str, values: str) -> None:
    at = 0
    while at < len(options):
        found = _OPTION.match(options, at)
        letter, value = found.groups() if found else (options[at], None)
        if value is None and found and letter in plain:
            pass
        elif value is not None and letter in files:
            _check_files(target, value)
        elif value is not None and letter in jumps:
            if re.fullmatch(r"\{tenant\}-[a-z0-9-]+(?:\^[0-9A-Za-z*#+]+){0,2}", value) is None:
                raise target.refuse(f"{letter}({value})", f"write it like {letter}({{tenant}}-internal^s^1)")
        elif value is None or letter not in values or re.fullmatch(r"[0-9A-Za-z:_-]*", value) is None:
            raise target.refuse(f"option {options[at:]}", f"allowed are {plain} and, with a value, {files}{jumps}{values}")
        at = found.end() if found else len(options)


def _check_files(target: _Target, files: str) -> None:
    for file in files.split("&"):
        if file and _FILE.fullmatch(file) is None:
            raise target.refuse(file, "name a sound by letters, digits, '_', '-' and '/', without a leading '/'")


def _check_playback(target: _Target) -> None:
    files, *options = target.arguments(2)
    _check_files(target, files)
    if not set("&".join(options).split("&")) <= {"", "skip", "noanswer", "mix"}:
        raise target.refuse(options[0], "options are skip, noanswer and mix")


def _check_background(target: _Target) -> None:
    files, *rest = target.arguments(4)
    _check_files(target, files)
    if len(rest) == 3 and re.fullmatch(r"\{tenant\}-[a-z0-9-]+", rest[2]) is None:
        raise target.refuse(rest[2], "the fourth argument is a context, like {tenant}-internal")


def _check_read(target: _Target) -> None:
    variable, *rest = target.arguments(6)
    _check_variable(target, variable)
    _check_files(target, rest[0] if rest else "")


def _check_return(target: _Target) -> None:
    if _CONDITION.fullmatch(target.data) is None:  # addons' lines decide by it
        raise target.refuse(target.data, "give back a word or a number")


def _check_set(target: _Target) -> None:
    found = _SET.fullmatch(target.data)
    if found is None:
        raise target.refuse(target.data, "write it like Set(name=value), the name written out")
    if found[1]:
        _check_variable(target, found[1])
    elif found[2] in _READ_ONLY or (found[2] == "CHANNEL" and found[3] not in ("language", "musicclass")):
        raise target.refuse(f"{found[2]}({found[3]})", "it can be read, not set")
    elif found[2] == "CHANNEL" and _WORD.fullmatch(found[4]) is None:  # a folder of sounds to Asterisk, which follows any ../ in it
        raise target.refuse(f"CHANNEL({found[3]})={found[4]}", f"a {found[3]} is a word of letters, digits, '_' and '-'")
    else:
        check_function(found[2], found[3])


def _check_variable(target: _Target, name: str) -> None:
    taken = name.lstrip("_").upper() in PLAIN_VARIABLES or _STEERING.search(name)
    if taken or re.fullmatch(r"_{0,2}[A-Za-z][A-Za-z0-9_]*", name) is None:
        raise target.refuse(name, "Asterisk or the console uses that name; choose another variable")


def _check_jump(target: _Target, place: str) -> None:
    if _PLACE.fullmatch(place) is None:
        raise target.refuse(place, "jump to PRIORITY, to EXTEN,PRIORITY or to {tenant}-CONTEXT,EXTEN,PRIORITY")


def _check_gosub(target: _Target) -> None:
    place, opened, arguments = target.data.partition("(")
    if opened and (not arguments.endswith(")") or "(" in arguments or ")" in arguments[:-1]):
        raise target.refuse(f"({arguments}", "write arguments in one pair of parentheses at the end")
    _check_jump(target, place)


def _check_branches(target: _Target, condition: re.Pattern[str], check: Callable[[_Target, str], None]) -> None:
    tested, asked, branches = target.data.partition("?")
    if not asked or condition.fullmatch(tested) is None:
        raise target.refuse(tested, 'write a condition like $["${DIALSTATUS}"="BUSY"], then \'?\'')
    if branches.count(":") > 1 or "?" in branches or not branches.strip(":"):
        raise target.refuse(branches, "write one branch, or two with a ':' between")
    for branch in filter(None, branches.split(":")):
        check(target, branch)


def _check_program(target: _Target, program: str) -> None:
    found = re.fullmatch(r"([A-Za-z]\w*)(?:\((.*)\))?", program)
    if found is None:
        raise target.refuse(program, "write an application with its data in parentheses")
    _check_application(found[1], found[2] or "")


def _check_conference(target: _Target) -> None:
    if re.fullmatch(rf"\{{tenant\}}[-_]{_P}+", target.data) is None:
        raise target.refuse(target.data, "name a conference of this tenant alone, like {tenant}-sales")


def _check_mailbox(target: _Target) -> None:
    boxes, *options = target.arguments(2)
    if re.fullmatch("[bsu]*", "".join(options)) is None or any(_BOX.fullmatch(box) is None for box in boxes.split("&")):
        raise target.refuse(target.data, "name mailboxes of this tenant, like 101@{tenant}, with options of b, s and u")


def _check_send_dtmf(target: _Target) -> None:
    target.arguments(3)


_CHECKED: dict[str, Callable[[_Target], None]] = {
    "Background": _check_background,
    "ConfBridge": _check_conference,
    "Dial": _check_dial,
    "ExecIf": lambda target: _check_branches(target, _CONDITION, _check_program),
    "Gosub": _check_gosub,
    "GosubIf": lambda target: _check_branches(target, _CONDITION, lambda _, branch: _check_gosub(_Target("GosubIf", branch))),
    "Goto": lambda target: _check_jump(target, target.data),
    "GotoIf": lambda target: _check_branches(target, _CONDITION, _check_jump),
    "GotoIfTime": lambda target: _check_branches(target, _TIMES, _check_jump),
    "Page": _check_page,
    "Playback": _check_playback,
    "Read": _check_read,
    "Return": _check_return,
    "SendDTMF": _check_send_dtmf,
    "Set": _check_set,
    "VoiceMail": _check_mailbox,
    "VoiceMailMain": _check_mailbox,
}
_CHECKERS = {name.lower(): checker for name, checker in _CHECKED.items()}
_HARMLESS_LOWER = frozenset(name.lower() for name in HARMLESS)
_READ_ONLY = frozenset(
    {"CUT", "DB_EXISTS", "DEVICE_STATE", "DIALPLAN_EXISTS", "EXISTS", "EXTENSION_STATE", "FILTER", "IF", "IFTIME"}
) | frozenset({"ISNULL", "LEN", "MATH", "RAND", "REGEX", "STRFTIME", "TOLOWER", "TOUPPER"})
