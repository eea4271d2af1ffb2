"""The kinds of form parameter that hold a text, a number or a tick: they check their own declaration and clean what is given."""

import re
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from addons.declarations.declare import Words, kind
from addons.declarations.errors import ParamError, Path
from addons.declarations.param import Param, check_pattern, is_int, matching, plain_text
from dialplan.build import names, sip_names
from tenants.secrets import Opened, opened

_EXPRESSION = re.compile(r"\$[{\[]")
_NUMBER = r"\*?\d{2,10}"
_DIALLED = re.compile(r"[0-9*#]{1,20}")
_WHOLE = re.compile(r"-?[0-9]{1,10}")
_LARGEST = 2**31 - 1  # Asterisk counts in 32 bits
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Text(Param):
    """One line of text; `${...}` and `$[...]`, which Asterisk would evaluate, are refused unless `expressions=True`."""

    _: KW_ONLY
    pattern: str = ""
    maximum: int = 255
    placeholder: Words = ""
    expressions: bool = False

    can_be_key: ClassVar[bool] = True

    def _check(self) -> None:
        check_pattern(self, self.pattern)
        if not is_int(self.maximum) or not 1 <= self.maximum <= _LONGEST:
            self._refuse(f"maximum, the longest text, must be 1 to {_LONGEST}, not {kind(self.maximum)}")

    def _clean(self, value: Any) -> str:
        text = plain_text(value).strip()
        if len(text) > self.maximum:
            raise ParamError(f"has {len(text)} characters; at most {self.maximum} are allowed")
        if not self.expressions and _EXPRESSION.search(text):
            raise ParamError("holds ${ or $[, which Asterisk would evaluate; take it out")
        return matching(text, self.pattern, self.help)


@dataclass(frozen=True, slots=True)
class Number(Param):
    """A number that people dial; with `context="internal"` it must be free in that context of the tenant."""

    _: KW_ONLY
    pattern: str = _NUMBER
    context: str = ""
    placeholder: Words = ""

    can_be_key: ClassVar[bool] = True

    def _check(self) -> None:
        check_pattern(self, self.pattern)
        if self.context:
            try:
                names.check_context(self.context)
            except ValueError as error:
                self._refuse(str(error))

    def _clean(self, value: Any) -> str:
        number = plain_text(value).strip()
        if number and not _DIALLED.fullmatch(number):
            raise ParamError(f"{number!r} cannot be dialled; use up to 20 of 0-9, * and #")
        if self.pattern == _NUMBER and number and not re.fullmatch(_NUMBER, number, re.ASCII):
            raise ParamError(f"{number!r} does not have the form 70 or *70: 2 to 10 digits, with a * before them if you like")
        return matching(number, self.pattern, self.help)

    def numbers(self, value: str) -> Iterator[tuple[Path, str, str]]:
        if self.context and value:
            yield (), self.context, value


@dataclass(frozen=True, slots=True)
class Secret(Param):
    """A password or code: encrypted at rest, shown to nobody once it is stored, and exported on request only."""

    _: KW_ONLY
    pattern: str = ""
    placeholder: Words = ""

    can_be_unique: ClassVar[bool] = False

    def _check(self) -> None:
        check_pattern(self, self.pattern)

    def _clean(self, value: Any) -> str:
        try:
            secret = plain_text(value)
        except ParamError:  # whose words show the value
            raise ParamError("must be text in quotes, without any invisible character") from None
        if secret and not self.pattern:
            try:
                sip_names.check_secret(secret)
            except ValueError as error:
                raise ParamError(str(error).removeprefix("secret: ")) from None
        matching(secret, self.pattern, self.help, shown="what is given")
        return value if isinstance(value, Opened) else Opened(secret) if secret else ""

    def fits(self, stored: Any) -> bool:
        return isinstance(opened(stored), str)

    def complete(self, stored: Any) -> str:
        secret = opened(stored)
        return secret if isinstance(secret, Opened) else Opened(secret) if isinstance(secret, str) and secret else ""


@dataclass(frozen=True, slots=True)
class Integer(Param):
    """A whole number."""

    _: KW_ONLY
    minimum: int = -_LARGEST
    maximum: int = _LARGEST
    placeholder: Words = ""

    @property
    def empty(self) -> None:
        return None

    def fits(self, stored: Any) -> bool:
        return stored is None or is_int(stored)

    def _check(self) -> None:
        if not is_int(self.minimum) or not is_int(self.maximum) or not -_LARGEST <= self.minimum <= self.maximum <= _LARGEST:
            self._refuse(f"minimum {self.minimum!r} and maximum {self.maximum!r} must be whole numbers in this order")

    def _clean(self, value: Any) -> int | None:
        if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
            value = int(value)
        if value is None or value == "":
            return None
        if not is_int(value):
            raise ParamError(f"must be a whole number, not {kind(value)}")
        if not self.minimum <= value <= self.maximum:
            raise ParamError(f"is {value}; it must be {self.minimum} to {self.maximum}")
        return int(value)


@dataclass(frozen=True, slots=True)
class Boolean(Param):
    """A tick: true or false."""

    can_be_unique: ClassVar[bool] = False

    @property
    def empty(self) -> bool:
        return False

    def _check(self) -> None:
        if self.required:
            self._refuse("required would mean that nobody may say no; leave it out")

    def _clean(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ParamError(f"must be true or false, not {kind(value)}")
        return value
