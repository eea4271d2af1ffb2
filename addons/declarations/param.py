"""What every kind of form parameter has, and the checks that several kinds share."""

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from addons.declarations.declare import Condition, DeclarationError, Words, check_name, check_title, check_words, condition, is_given, kind
from addons.declarations.errors import ParamError, Path
from tenants.texts import check_text


@dataclass(frozen=True, slots=True)
class Param:
    """What every kind of param has.

    `group` is a heading within the tab. With `show_if=("mode", "pin")` it is there only while the param "mode" has the value "pin", and
    is else empty and never wrong. With `unique` no other record, and in a table no other row, may have the same value.
    """

    name: str
    label: Words
    _: KW_ONLY
    tab: str = ""
    group: Words = ""
    help: Words = ""
    default: Any = None
    required: bool = False
    key: bool = False
    unique: bool = False
    show_if: tuple[str, Any] | None = None

    can_be_key: ClassVar[bool] = False
    can_be_unique: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_name(type(self).__name__, self.name)
        check_title(self.owner, "label", self.label)
        if self.tab:
            check_name(f"{self.owner}: tab", self.tab)
        for words in ("help", "placeholder"):
            check_words(self.owner, words, getattr(self, words, ""))
        if is_given(self.group):
            check_title(self.owner, "group", self.group)
        for flag in ("required", "key", "unique"):
            if not isinstance(getattr(self, flag), bool):
                self._refuse(f"{flag} must be True or False, not {kind(getattr(self, flag))}")
        if self.key and not self.can_be_key:
            self._refuse("cannot be the key; use a Text, Number, Choice or Reference")
        if self.unique and not self.can_be_unique:
            self._refuse("unique=True needs a param of one value that can be looked up; leave it out")
        if self.show_if is not None:
            object.__setattr__(self, "show_if", condition(self.owner, self.show_if))
        self._check()
        if self.default is not None:
            try:
                object.__setattr__(self, "default", self.clean(self.default))
            except ParamError as error:
                self._refuse(f"default {self.default!r} {error}")

    @property
    def owner(self) -> str:
        """What the param is called in messages to its author."""
        return f"{type(self).__name__} {self.name!r}"

    @property
    def empty(self) -> Any:
        """What is stored when nothing is given."""
        return ""

    @property
    def condition(self) -> Condition | None:
        """When the param is shown; None for always."""
        return self.show_if  # type: ignore[return-value]

    @property
    def initial(self) -> Any:
        """What a new form shows and an absent value means."""
        return copy.deepcopy(self.empty if self.default is None else self.default)

    def clean(self, value: Any) -> Any:
        """The value to store. Raises ParamError saying what it may be."""
        if value is None and self.empty is not None:
            raise ParamError("has nothing in it (null); give a value or leave it out")
        cleaned = self._clean(value)
        if self.required and cleaned == self.empty:
            raise ParamError("is required")
        return cleaned

    def fits(self, stored: Any) -> bool:
        """Whether a stored value has the form of this kind's; one of an older version, with another kind of param, may have another."""
        return isinstance(stored, type(self.empty))

    def complete(self, stored: Any) -> Any:
        """A stored value as readers get it."""
        return stored

    def as_read(self, value: Any) -> Any:
        """A complete value as commit functions get it."""
        return value

    def references(self, value: Any) -> Iterator[tuple[Path, str, str]]:
        """The records that a cleaned value names."""
        return iter(())

    def numbers(self, value: Any) -> Iterator[tuple[Path, str, str]]:
        """The numbers in a cleaned value that must be free in a context."""
        return iter(())

    def _check(self) -> None:
        """Checks what the kind of param adds to the declaration."""

    def _clean(self, value: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} says nothing about what it takes")

    def _refuse(self, message: str) -> None:
        raise DeclarationError(f"{self.owner}: {message}")


def is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def plain_text(value: Any) -> str:
    if is_int(value) or isinstance(value, (bool, float)):
        raise ParamError(f"must be text, not {kind(value)}; write it in quotes")
    if not isinstance(value, str):
        raise ParamError(f"must be text, not {kind(value)}")
    try:
        return check_text("text", value)
    except ValueError as error:
        raise ParamError(str(error).removeprefix("text: ")) from None


def list_of(value: Any, wanted: str = "a list") -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise ParamError(f"must be {wanted}, not {kind(value)}")
    return value


def matching(text: str, pattern: str, wanted: Words = "", shown: str = "") -> str:
    """The text, if it has the form of the pattern; people read in a param's help what is `wanted`, authors may have given none."""
    if text and pattern and not re.fullmatch(pattern, text, re.ASCII):
        shown = shown or repr(text)
        raise ParamError(f"{shown} does not fit: {wanted}".rstrip(".") if is_given(wanted) else f"{shown} does not have the form {pattern}")
    return text


def check_pattern(param: Param, pattern: Any) -> None:
    if not isinstance(pattern, str):
        raise DeclarationError(f"{param.owner}: pattern must be text, not {kind(pattern)}")
    try:
        re.compile(pattern, re.ASCII)
    except re.error as error:
        raise DeclarationError(f"{param.owner}: pattern {pattern!r} is not a regular expression: {error}") from None
