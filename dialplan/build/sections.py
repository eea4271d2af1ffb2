"""What the system sections (phones, incoming lines, outgoing lines) write into a tenant's dialplan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from tenants.texts import check_text

from .model import HINT, AddLine, Layer, Line
from .names import check_context, check_did, check_exten, check_number, check_pattern, check_trunk, is_reserved_context
from .sip_names import check_caller_id, check_prepend, check_secret, check_user, split_host

INTERNAL: Final = "internal"
AUTO_ANSWER: Final = "auto-answer"
OUTSIDE: Final = "outside"
ARRIVING: Final = "arriving"
AUTO_ANSWER_HEADERS: Final = {
    "none": "",
    "call-info": "PJSIP_HEADER(add,Call-Info)=<sip:page>;answer-after=0",
    "alert-info": "PJSIP_HEADER(add,Alert-Info)=info=alert-autoanswer",
    "ring-answer": "PJSIP_HEADER(add,Alert-Info)=Ring Answer",
}
DIAL_SECONDS: Final = 120
NO_WAY_OUT: Final = 21  # "call rejected"
BUSY: Final = 17
CONGESTION: Final = 34
COUNTED: Final = "{tenant}@trunks"  # the group of channels that are a tenant's calls on trunks, in and out
COUNT: Final = ("Set", "GROUP(trunks)={tenant}")
COUNTING: Final = "counted"  # the extension of context outside that a trunk's channel runs before it is dialled


@dataclass(frozen=True, slots=True)
class PhoneSpec:
    """A phone: its number, and the context in which it dials."""

    number: str
    name: str
    secret: str = field(repr=False)
    context: str = INTERNAL
    auto_answer: str = "none"
    ring_seconds: int = 30

    def __post_init__(self) -> None:
        check_number(self.number)
        check_text("name", self.name)
        check_secret(self.secret)
        check_context(self.context)
        if is_reserved_context(self.context):
            raise ValueError(f"context: phone {self.number} cannot dial in {self.context!a}, which is for calls that come in")
        if self.auto_answer not in AUTO_ANSWER_HEADERS:
            raise ValueError(f"auto_answer: {self.auto_answer!a} is not one of {', '.join(AUTO_ANSWER_HEADERS)}")
        _check_range("ring_seconds", self.ring_seconds, 1, 600)


@dataclass(frozen=True, slots=True)
class LineInSpec:
    """An incoming number: the trunk that it comes in by, and where it goes.

    The destination is a phone or a context, or with `exten` that extension of the context.
    """

    number: str
    trunk: str
    destination: str
    exten: str = ""

    def __post_init__(self) -> None:
        check_did(self.number)
        check_trunk(self.trunk)
        check_context(self.destination)
        if self.exten:
            check_exten(self.exten)
        elif is_reserved_context(self.destination):
            raise ValueError(f"destination: {self.destination!a} is kept for the system; choose a phone or another context")


@dataclass(frozen=True, slots=True)
class LineOutSpec:
    """What people dial to get outside: the trunk, and what is done to the number on the way."""

    name: str
    pattern: str
    trunk: str
    strip: int = 0
    prepend: str = ""
    caller_id: str = ""

    def __post_init__(self) -> None:
        check_text("name", self.name)
        check_pattern(self.pattern)
        check_trunk(self.trunk)
        _check_range("strip", self.strip, 0, 40)
        check_prepend(self.prepend)
        if self.caller_id:
            check_caller_id(self.caller_id)


@dataclass(frozen=True, slots=True)
class TrunkSpec:
    """A carrier's SIP account: where it is, and how to log in there."""

    name: str
    host: str
    port: int = 5060
    user: str = ""
    secret: str = field(default="", repr=False)
    register: bool = False

    def __post_init__(self) -> None:
        check_trunk(self.name)
        if split_host(self.host)[0] != self.host:
            raise ValueError(f"host: {self.host!a} of trunk {self.name} has a port in it; give the port by itself")
        _check_range("port", self.port, 1, 65535)
        if self.user:
            check_user(self.user)
        if self.secret:
            check_secret(self.secret)
        if self.register and not (self.user and self.secret):
            raise ValueError(f"register: trunk {self.name} cannot register without user and secret")


def phone_layer(phones: Iterable[PhoneSpec]) -> Layer:
    """Ring each phone at its number; one pattern hint for each length of number, because literal hints slow a reload down."""
    phones = sorted(phones, key=lambda phone: phone.number)
    _refuse_twins("number", [phone.number for phone in phones])
    lines: list[AddLine] = []
    for phone in phones:
        dial = Line(INTERNAL, phone.number, 1, "Dial", f"PJSIP/{{tenant}}_{phone.number},{phone.ring_seconds}")
        lines += [AddLine(line, phone.number) for line in (dial, Line(INTERNAL, phone.number, 2, "Hangup"))]
    lengths = sorted({len(phone.number) for phone in phones})
    hints = [Line(INTERNAL, f"_{'X' * length}", HINT, "", "PJSIP/{tenant}_${EXTEN}") for length in lengths]
    return Layer("section:phone", (*lines, *map(AddLine, hints), *map(AddLine, _auto_answer_lines())))


def line_in_layer(lines: Iterable[LineInSpec], phones: Iterable[PhoneSpec], calls: int | None = None) -> Layer:
    """Lead each incoming number to its phone or context, marked with its trunk so that it finds no way out again.

    Before it goes there it runs {tenant}-arriving-TRUNK,NUMBER as a subroutine, where somebody has written one. With a limit to the
    `calls` on trunks at once, those beyond it are busy.
    """
    numbers = {phone.number for phone in phones}
    lines = sorted(lines, key=lambda line: (line.trunk, line.number))
    _refuse_twins("number", [f"{line.number} on {line.trunk}" for line in lines])
    written: list[AddLine] = []
    for line in lines:
        if line.exten:
            goto = ("Goto", f"{{tenant}}-{line.destination},{line.exten},1")
        elif line.destination in numbers:
            goto = ("Goto", f"{{tenant}}-{INTERNAL},{line.destination},1")
        else:
            target = f"{{tenant}}-{line.destination}"
            own, start = f"{target},${{EXTEN}},1", f"{target},s,1"
            goto = ("GotoIf", f"$[${{DIALPLAN_EXISTS({own})}}]?{own}:{start}")
        mark = ("Set", f"__FROM_TRUNK={line.trunk}")
        count = [] if calls is None else [COUNT, ("ExecIf", f"$[${{GROUP_COUNT({COUNTED})}}>{calls}]?Hangup({BUSY})")]
        routine = f"{{tenant}}-{ARRIVING}-{line.trunk},{line.number},1"
        screen = ("GosubIf", f"${{DIALPLAN_EXISTS({routine})}}?{routine}")
        for priority, step in enumerate((mark, *count, screen, goto), 1):
            written.append(AddLine(Line(f"in-{line.trunk}", line.number, priority, *step), f"{line.number}@{line.trunk}"))
    return Layer("section:line_in", tuple(written))


def line_out_layer(lines: Iterable[LineOutSpec], calls: int | None = None) -> Layer:
    """Lead what people dial to a trunk; the line that dials is the one that refuses calls that came from a trunk.

    In context `outside` nothing is refused: only a destination that staff chose leads there, with its number written out. With a limit
    to the `calls` on trunks at once, those beyond it meet congestion in both.
    """
    lines = sorted(lines, key=lambda line: check_pattern(line.pattern))
    _refuse_twins("pattern", [check_pattern(line.pattern) for line in lines])
    written: list[AddLine] = []
    for line in lines:
        dialled = f"${{EXTEN:{line.strip}}}" if line.strip else "${EXTEN}"
        device = f"PJSIP/${{FILTER(0-9*#+,{line.prepend}{dialled})}}@{line.trunk}"
        steps = [("Set", f"CALLERID(num)={line.caller_id}")] if line.caller_id else []
        exten = check_pattern(line.pattern)
        for context in (INTERNAL, OUTSIDE):
            chosen = [*steps, _dial_out(context, device, calls), ("Hangup", "")]
            written += [AddLine(Line(context, exten, priority, *step), line.name) for priority, step in enumerate(chosen, 1)]
    if written and calls is not None:
        written += [AddLine(Line(OUTSIDE, COUNTING, priority, *step)) for priority, step in enumerate((COUNT, ("Return", "")), 1)]
    return Layer("section:line_out", tuple(written))


def _dial_out(context: str, device: str, calls: int | None) -> tuple[str, str]:
    """One line, so that nobody's shorter extension can fall through to a Dial whose guard it skipped."""
    guard = '"${FROM_TRUNK}"=""'
    if calls is None:
        dial = f"{device},{DIAL_SECONDS}"
        return ("Dial", dial) if context == OUTSIDE else ("ExecIf", f"$[{guard}]?Dial({dial}):Hangup({NO_WAY_OUT})")
    room = f"${{GROUP_COUNT({COUNTED})}}<{calls}"
    dial = f"{device},{DIAL_SECONDS},b({{tenant}}-{OUTSIDE}^{COUNTING}^1)"
    if context == OUTSIDE:
        return "ExecIf", f"$[{room}]?Dial({dial}):Hangup({CONGESTION})"
    return "ExecIf", f"$[{guard} & {room}]?Dial({dial}):Hangup(${{IF($[{guard}]?{CONGESTION}:{NO_WAY_OUT})}})"


def _auto_answer_lines() -> list[Line]:
    """Set the called phone's own header, then go back; used as Page(...,b({tenant}-auto-answer^s^1)), never for a trunk's call."""
    lines = [Line(AUTO_ANSWER, "s", 1, "ExecIf", '$["${FROM_TRUNK}"!=""]?Return()')]
    kinds = [(kind, kind.replace("-", ""), header) for kind, header in AUTO_ANSWER_HEADERS.items() if header]
    for priority, (kind, exten, header) in enumerate(kinds, 2):
        lines.append(Line(AUTO_ANSWER, "s", priority, "GotoIf", f'$["${{AUTO_ANSWER}}"="{kind}"]?{exten},1'))
        lines.append(Line(AUTO_ANSWER, exten, 1, "Set", header))
        lines.append(Line(AUTO_ANSWER, exten, 2, "Return"))
    return [*lines, Line(AUTO_ANSWER, "s", len(kinds) + 2, "Return")]


def _refuse_twins(field_name: str, names: Sequence[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise ValueError(f"{field_name}: {name} is there twice; take one away")


def _check_range(field_name: str, value: int, lowest: int, highest: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise ValueError(f"{field_name}: {value!a} must be a whole number from {lowest} to {highest}")
