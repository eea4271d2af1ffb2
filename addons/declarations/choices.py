"""The kinds of form parameter whose values are chosen from a few."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from addons.declarations.declare import DeclarationError, Words, is_given, is_lazy, kind
from addons.declarations.errors import ParamError
from addons.declarations.param import Param, list_of, plain_text


@dataclass(frozen=True, slots=True)
class Choice(Param):
    """One of some values; `choices` are texts, or pairs of a text and its label."""

    _: KW_ONLY
    choices: Sequence[str | tuple[str, Words]] = ()

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
    choices: Sequence[str | tuple[str, Words]] = ()

    can_be_unique: ClassVar[bool] = False

    @property
    def empty(self) -> list[Any]:
        return []

    def fits(self, stored: Any) -> bool:
        return isinstance(stored, list) and all(isinstance(each, str) for each in stored)

    def _check(self) -> None:
        _normalise_choices(self)

    def _clean(self, value: Any) -> list[str]:
        given = {_chosen(plain_text(each), self.choices) for each in list_of(value)}
        return [pair[0] for pair in self.choices if pair[0] in given]


def _chosen(text: str, choices: Sequence[Any]) -> str:
    values = [value for value, _ in choices]
    if text not in values:
        raise ParamError(f"{text!r} is not one of {', '.join(values)}")
    return text


def _normalise_choices(param: Choice | MultiChoice) -> None:
    if isinstance(param.choices, str) or not isinstance(param.choices, (list, tuple)) or not param.choices:
        raise DeclarationError(f"{param.owner}: choices must be a list of texts, or of pairs of text and label, not {kind(param.choices)}")
    pairs: list[tuple[str, Words]] = []
    for index, choice in enumerate(param.choices):
        pair = (choice, choice) if isinstance(choice, str) else choice
        if not isinstance(pair, (list, tuple)) or len(pair) != 2 or not _is_value(pair[0]) or not _is_label(pair[1]):
            raise DeclarationError(f"{param.owner}: choices[{index}] must be a text, or a pair of text and label, not {kind(choice)}")
        pairs.append((pair[0], pair[1]))
    if len(dict(pairs)) != len(pairs):
        raise DeclarationError(f"{param.owner}: choices name a value twice")
    object.__setattr__(param, "choices", tuple(pairs))


def _is_value(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_label(label: Any) -> bool:
    return is_lazy(label) or (isinstance(label, str) and is_given(label))
