"""The kinds of form parameter that hold one value: frozen values that check their own declaration and clean what is given for them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from addons.declare import DeclarationError, kind
from addons.param import Param, check_pattern, is_int, list_of, matching, plain_text
from addons.records import ParamError, Path
from dialplan.build import names, sip_names

_EXPRESSION = re.compile(r"\$[{\[]")
_DIALLED = re.compile(r"[0-9*#]{1,20}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_WHOLE = re.compile(r"-?[0-9]{1,10}")
_LARGEST = 2**31 - 1  # Asterisk counts in 32 bits
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Text(Param):
    """One line of text; `${...}` and `$[...]`, which Asterisk would evaluate, are refused unless `expressions=True`."""

    _: KW_ONLY
    pattern: str = ""
    maximum: int = 255
    placeholder: str = ""
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
        return matching(text, self.pattern)


@dataclass(frozen=True, slots=True)
class Number(Param):
    """A number that people dial; with `context="internal"` it must be free in that context of the tenant."""

    _: KW_ONLY
    pattern: str = r"\*?\d{2,10}"
    context: str = ""
    placeholder: str = ""

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
        return matching(number, self.pattern)

    def numbers(self, value: str) -> Iterator[tuple[Path, str, str]]:
        if self.context and value:
            yield (), self.context, value


@dataclass(frozen=True, slots=True)
class Secret(Param):
    """A password or code: shown to nobody once it is stored, and exported on request only."""

    _: KW_ONLY
    pattern: str = ""

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
        return matching(secret, self.pattern, shown="what is given")


@dataclass(frozen=True, slots=True)
class Integer(Param):
    """A whole number."""

    _: KW_ONLY
    minimum: int = -_LARGEST
    maximum: int = _LARGEST
    placeholder: str = ""

    @property
    def empty(self) -> None:
        return None

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


@dataclass(frozen=True, slots=True)
class Choice(Param):
    """One of some values; `choices` are texts, or pairs of a text and its label."""

    _: KW_ONLY
    choices: Sequence[str | tuple[str, str]] = ()

    can_be_key: ClassVar[bool] = True

    def _check(self) -> None:
        _normalise_choices(self)

    def _clean(self, value: Any) -> str:
        text = plain_text(value)
        return _chosen(text, self.choices) if text else ""


@dataclass(frozen=True, slots=True)
class MultiChoice(Param):
    """Any of some values, kept in the order in which they are declared."""

    _: KW_ONLY
    choices: Sequence[str | tuple[str, str]] = ()

    @property
    def empty(self) -> list[Any]:
        return []

    def _check(self) -> None:
        _normalise_choices(self)

    def _clean(self, value: Any) -> list[str]:
        given = {_chosen(plain_text(each), self.choices) for each in list_of(value)}
        return [pair[0] for pair in self.choices if pair[0] in given]


@dataclass(frozen=True, slots=True)
class Time(Param):
    """A time of day, as 08:30."""

    def _clean(self, value: Any) -> str:
        text = plain_text(value).strip()
        if text and not _TIME.fullmatch(text):
            raise ParamError(f"{text!r} is not a time; write it as 08:30")
        return text


def _chosen(text: str, choices: Sequence[Any]) -> str:
    values = [value for value, _ in choices]
    if text not in values:
        raise ParamError(f"{text!r} is not one of {', '.join(values)}")
    return text


def _normalise_choices(param: Choice | MultiChoice) -> None:
    if isinstance(param.choices, str) or not isinstance(param.choices, (list, tuple)) or not param.choices:
        raise DeclarationError(f"{param.owner}: choices must be a list of texts, or of pairs of text and label, not {kind(param.choices)}")
    pairs: list[tuple[str, str]] = []
    for index, choice in enumerate(param.choices):
        pair = (choice, choice) if isinstance(choice, str) else choice
        if not isinstance(pair, (list, tuple)) or len(pair) != 2 or not all(isinstance(part, str) and part for part in pair):
            raise DeclarationError(f"{param.owner}: choices[{index}] must be a text, or a pair of text and label, not {kind(choice)}")
        pairs.append((pair[0], pair[1]))
    if len(dict(pairs)) != len(pairs):
        raise DeclarationError(f"{param.owner}: choices name a value twice")
    object.__setattr__(param, "choices", tuple(pairs))
