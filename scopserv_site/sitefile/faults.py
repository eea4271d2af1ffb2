"""What is wrong with a site file: where in it, and why; collected, so that a file is mended in one go."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches

Path = tuple[str | int, ...]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
MOST = 50  # faults shown of one file


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and the path in the file to where it is."""

    path: Path
    message: str


class BadFile(Exception):
    """The file cannot be applied; `str()` has a line for each fault, with file, line, path and reason."""

    def __init__(self, text: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(text)
        self.faults = tuple(faults)


@dataclass(slots=True)
class Faults:
    """The faults found so far."""

    found: list[Fault] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.found)

    def add(self, path: Path, message: str) -> None:
        self.found.append(Fault(path, message))

    @contextmanager
    def at(self, path: Path) -> Iterator[None]:
        """Takes a ValueError of its block as a fault of this place."""
        try:
            yield
        except ValueError as error:
            self.add(path, str(error))


def show_path(path: Path) -> str:
    """A path as people read it: tenants.acme.phones."101".secret."""
    shown = ""
    for part in path:
        if isinstance(part, int):
            shown += f"[{part}]"
        else:
            shown += "." + (part if _PLAIN.fullmatch(part) else '"' + ascii(part)[1:-1].replace('"', r"\"") + '"')
    return shown.removeprefix(".")


def unknown(name: str, known: Iterable[str]) -> str:
    """What to say about a name that means nothing here."""
    names = list(known)
    near = get_close_matches(name, names, n=2)
    return f"is unknown; did you mean {' or '.join(near)}?" if near else f"is unknown; known are {', '.join(names) or 'none'}"
