"""What an addon is and how its form and lists are laid out: frozen values that check themselves."""

import re
from dataclasses import dataclass
from typing import Any

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
ADDON_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
SCOPES = ("tenant", "server")


class DeclarationError(ValueError):
    """A declaration that cannot mean anything: says which value is wrong and what it may be."""


@dataclass(frozen=True, slots=True)
class Info:
    """What an addon is: its title, whom it serves, the addons it builds on, and what one of its records is called."""

    name: str
    description: str
    version: str
    scope: str
    requires: tuple[str, ...] = ()
    record: str = ""  # as in "Delete paging group"; without it the name serves

    def __post_init__(self) -> None:
        check_title("Info", "name", self.name)
        check_title("Info", "version", self.version)
        if self.record != "":
            check_title("Info", "record", self.record)
        if not isinstance(self.description, str):
            raise DeclarationError(f"Info: description must be text, not {kind(self.description)}")
        if self.scope not in SCOPES:
            raise DeclarationError(f"Info: scope must be 'tenant' or 'server', not {self.scope!r}")
        object.__setattr__(self, "requires", _names(self.requires))


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of a form."""

    name: str
    label: str

    def __post_init__(self) -> None:
        check_name("Tab", self.name)
        check_title(f"Tab {self.name!r}", "label", self.label)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list: the name of a param, and another heading than the param's label if wanted."""

    name: str
    label: str = ""

    def __post_init__(self) -> None:
        check_name("Column", self.name)
        if self.label != "":
            check_title(f"Column {self.name!r}", "label", self.label)


def check_name(owner: str, name: Any) -> None:
    """Raises DeclarationError unless it can name a tab, a column or a param."""
    if not isinstance(name, str):
        raise DeclarationError(f"{owner}: name must be text, not {kind(name)}")
    if len(name) > 31 or not NAME.fullmatch(name):
        raise DeclarationError(
            f"{owner}: name {name!r} must be at most 31 lower case letters, digits and single underscores, a letter first"
        )


def check_title(owner: str, field: str, text: Any) -> None:
    """Raises DeclarationError unless it is one line of text that people can read."""
    if not isinstance(text, str):
        raise DeclarationError(f"{owner}: {field} must be text, not {kind(text)}")
    if not text.strip() or text != text.strip() or not text.isprintable() or len(text) > 80:
        raise DeclarationError(f"{owner}: {field} must be one line of 1 to 80 characters without spaces around it, not {text!r}")


def kind(value: Any) -> str:
    """A value in a message, with what it is."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)):
        return f"the number {value}"
    text = repr(value)
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
