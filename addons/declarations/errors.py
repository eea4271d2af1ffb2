"""What can be wrong with values, and how a message names the place: members[2].phone."""

from collections.abc import Mapping
from typing import Any

Path = tuple[str | int, ...]


class ParamError(ValueError):
    """A value that its param cannot take; the message says what it may be."""


class RecordErrors(ParamError):
    """All that is wrong with a record, or with the rows of a multi list: messages by path."""

    def __init__(self, errors: Mapping[Path, str], cleaned: Any = None) -> None:
        self.errors = dict(errors)
        self.cleaned = cleaned  # what was good of it, so that the faults of a whole record are found in one go
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """One line for each fault, such as "members[2].phone: there is no phone 999"."""
        return [f"{show_path(path)}: {message}" for path, message in self.errors.items()]


def show_path(path: Path) -> str:
    """A path as people read it: members[2].phone."""
    shown = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return shown.removeprefix(".") or "the record"
