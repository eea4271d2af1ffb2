"""Where calls can be sent, for addons: the param that names a destination, and how an addon offers its own records as destinations."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from addons.declarations.declare import DeclarationError, Words, check_name, check_title, kind
from addons.declarations.errors import ParamError, Path
from addons.declarations.links import Reference
from addons.declarations.param import Param, plain_text
from addons.declarations.values import Boolean, Number
from dialplan.build import names

HANGUP = "hangup"
TO = "destination"  # what a Destination refers to
PHONE, CONTEXT, EXTERNAL = "phone", "context", "external"
KEY = "{key}"

Place = tuple[str, str]  # context (short name) and extension

_WRITTEN = re.compile(r"[a-z][a-z0-9_]{1,30}:[^\s,:]{1,255}")
_PHONE = re.compile(r"[0-9]{2,10}")


@dataclass(frozen=True, slots=True)
class Destination(Reference):
    """Where a call goes: "phone:101", "context:lobby", "external:5145551234", another addon's record as "ringgroup:600", or "hangup".

    A bare number is a phone's.
    """

    _: KW_ONLY
    to: str = TO

    can_be_key: ClassVar[bool] = False

    def _check(self) -> None:
        if self.to != TO or self.many or self.everything:
            self._refuse("takes no to, many or everything: it names one place, of any kind")
        Reference._check(self)  # dataclasses with slots have no super()

    def _clean(self, value: Any) -> str:
        text = plain_text(value).strip()
        if not text or text == HANGUP or _WRITTEN.fullmatch(text):
            return text
        if _PHONE.fullmatch(text):
            return f"{PHONE}:{text}"
        raise ParamError(f"{text!r} is not a destination; write it as 101, phone:101, external:5145551234 or {HANGUP}")

    def references(self, value: str | list[str]) -> Iterator[tuple[Path, str, str]]:
        if value != HANGUP:
            yield from Reference.references(self, value)


@dataclass(frozen=True, slots=True)
class Target:
    """Makes an addon's records destinations: a call to the record 600 of `ringgroup` goes to `exten` of `context`, {key} being its key.

    With `phones="enabled"` the places are instead the phones whose extra "enabled" of this addon is ticked.
    """

    label: Words
    _: KW_ONLY
    context: str
    exten: str = KEY
    phones: str = ""

    def __post_init__(self) -> None:
        check_title("Target", "label", self.label)
        try:
            names.check_context(self.context)
            names.check_exten(self.exten.replace(KEY, "0") if isinstance(self.exten, str) else self.exten)
        except ValueError as error:
            raise DeclarationError(f"Target: {error}") from None
        if names.is_reserved_context(self.context):
            raise DeclarationError(f"Target: context {self.context!r} is written by the console itself; use another one")
        if KEY not in self.exten or self.exten.startswith("_"):
            raise DeclarationError(f"Target: exten must be an extension with {KEY} in it, not {kind(self.exten)}")
        if self.phones:
            check_name("Target: phones", self.phones)

    def place(self, key: str) -> Place:
        """Where the dialplan of a record begins."""
        return self.context, self.exten.replace(KEY, key)

    def keys(self, addon: str, key: Param | None, records: Iterable[Mapping[str, Any]]) -> frozenset[str]:
        """The keys of the places, from the addon's records or, with `phones`, from the phones."""
        if self.phones:
            return frozenset(phone["number"] for phone in records if phone["extra"].get(addon, {}).get(self.phones))
        return frozenset(str(record[key.name]) for record in records) if key else frozenset()


def target_faults(target: Target, scope: str, key: Param | None, phone_params: Sequence[Param]) -> Iterator[str]:
    """What keeps an addon from offering destinations."""
    if scope != "tenant":
        yield "a destination is a place of one tenant, so the addon's scope must be 'tenant'"
    if target.phones:
        if not any(param.name == target.phones and isinstance(param, Boolean) and not param.initial for param in phone_params):
            yield f"phones='{target.phones}' must name a Boolean of phone_extra.py that is not ticked by default"
    elif not isinstance(key, Number):
        yield f"{KEY} becomes an extension, so the addon needs a list of records whose key is a Number"
