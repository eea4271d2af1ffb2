"""What an addon is and how its form and lists are laid out: frozen values that check themselves."""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise
    from typing_extensions import TypeIs

Words: TypeAlias = "str | StrPromise"  # what people read: a text, or one that gettext_lazy translates when it is shown

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
ADDON_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
SCOPES = ("tenant", "server")


class DeclarationError(ValueError):
    """A declaration that cannot mean anything: says which value is wrong and what it may be."""


@dataclass(frozen=True, slots=True)
class Info:
    """What an addon is: its title, whom it serves, the addons it builds on, and what one of its records is called."""

    name: Words
    description: Words
    version: str
    scope: str
    requires: tuple[str, ...] = ()
    record: Words = ""  # as in "Delete paging group"; without it the name serves

    def __post_init__(self) -> None:
        check_title("Info", "name", self.name)
        check_title("Info", "version", self.version)
        if is_given(self.record):
            check_title("Info", "record", self.record)
        if not isinstance(self.version, str):
            raise DeclarationError(f"Info: version must be text, not {kind(self.version)}")
        check_words("Info", "description", self.description)
        if self.scope not in SCOPES:
            raise DeclarationError(f"Info: scope must be 'tenant' or 'server', not {self.scope!r}")
        object.__setattr__(self, "requires", _names(self.requires))


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of a form."""

    name: str
    label: Words

    def __post_init__(self) -> None:
        check_name("Tab", self.name)
        check_title(f"Tab {self.name!r}", "label", self.label)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list: the name of a param, and another heading than the param's label if wanted.

    With `value`, a function of the record (in a table, of the row), it is a column of its own that shows what the function gives.
    """

    name: str
    label: Words = ""
    value: Callable[[Mapping[str, Any]], Any] | None = None

    def __post_init__(self) -> None:
        check_name("Column", self.name)
        owner = f"Column {self.name!r}"
        if is_given(self.label):
            check_title(owner, "label", self.label)
        if self.value is not None and not callable(self.value):
            raise DeclarationError(f"{owner}: value must be a function of the record, not {kind(self.value)}")
        if self.value is not None and not is_given(self.label):
            raise DeclarationError(f"{owner}: a column with a value of its own needs a label, too")


class Condition(NamedTuple):
    """When a param is shown: only while another one has one of these values."""

    param: str
    values: tuple[Any, ...]

    def holds(self, value: Any) -> bool:
        """Whether it is so when the other param has this value; of a list, one entry is enough."""
        return any(each in self.values for each in value) if isinstance(value, list | tuple) else value in self.values


def condition(owner: str, given: Any) -> Condition:
    """What `show_if` says. Raises DeclarationError unless it is a pair such as ("mode", "pin") or ("mode", ["pin", "password"])."""
    if not isinstance(given, tuple) or len(given) != 2:
        raise DeclarationError(f'{owner}: show_if must be a pair such as ("mode", "pin"), not {kind(given)}')
    check_name(f"{owner}: show_if", given[0])
    values = tuple(given[1]) if isinstance(given[1], list | tuple | set | frozenset) else (given[1],)
    if not values:
        raise DeclarationError(f"{owner}: show_if names no value of {given[0]!r}, so nobody would ever see it")
    return Condition(given[0], values)


def check_name(owner: str, name: Any) -> None:
    """Raises DeclarationError unless it can name a tab, a column or a param."""
    if not isinstance(name, str):
        raise DeclarationError(f"{owner}: name must be text, not {kind(name)}")
    if len(name) > 31 or not NAME.fullmatch(name):
        raise DeclarationError(
            f"{owner}: name {name!r} must be at most 31 lower case letters, digits and single underscores, a letter first"
        )


def check_title(owner: str, field: str, words: Any) -> None:
    """Raises DeclarationError unless it is one line of text that people can read."""
    check_words(owner, field, words)
    text = source(words)
    if not text.strip() or text != text.strip() or not text.isprintable() or len(text) > 80:
        raise DeclarationError(f"{owner}: {field} must be one line of 1 to 80 characters without spaces around it, not {text!r}")


def check_words(owner: str, field: str, words: Any) -> None:
    """Raises DeclarationError unless it is text, or stands for a text that is translated when it is shown."""
    if not isinstance(words, str) and not is_lazy(words):
        raise DeclarationError(f"{owner}: {field} must be text, not {kind(words)}")


def is_lazy(words: Any) -> "TypeIs[StrPromise]":
    """Whether it is a text that gettext_lazy translates; settings read declarations before Django is there, and then there is none."""
    functional = sys.modules.get("django.utils.functional")
    return functional is not None and isinstance(words, functional.Promise)


def is_given(words: Any) -> bool:
    """Whether there are words at all; asking a lazy text itself would translate it."""
    return is_lazy(words) or words != ""


def source(words: Words) -> str:
    """The words as the author wrote them: declarations are read before Django can translate, and compared in one language."""
    if is_lazy(words):
        return next((each for each in reversed(getattr(words, "_args", ())) if isinstance(each, str)), "")
    return words


def kind(value: Any) -> str:
    """A value in a message, with what it is."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)):
        return f"the number {value}"
    text = repr(source(value) if is_lazy(value) else value)
    return f"the {type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


def _names(requires: Any) -> tuple[str, ...]:
    if isinstance(requires, str) or not isinstance(requires, (tuple, list)):
        raise DeclarationError(f"Info: requires must be a tuple of addons' names such as ('paging',), not {kind(requires)}")
    for name in requires:
        if not isinstance(name, str) or not ADDON_NAME.fullmatch(name):
            raise DeclarationError(f"Info: requires holds {name!r}, which cannot be an addon's name")
    if len(set(requires)) != len(requires):
        raise DeclarationError(f"Info: requires names an addon twice: {', '.join(requires)}")
    return tuple(requires)
