"""Staff's own contexts, lines and AstDB keys as a file writes them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dialplan.build.model import HINT
from dialplan.build.names import check_exten, check_priority
from scopserv_site.sitefile.faults import Faults, Path
from scopserv_site.sitefile.shape import Command, ContextPart, EntryPart, ExtensionPart

DESCRIPTION = "description"
HINT_KEY = "hint"


class DialplanChecker:
    """Walks `contexts` and `astdb` of a tenant."""

    def __init__(self, faults: Faults, table: Callable[[Any, Path], Iterable[tuple[str, Any]]]) -> None:
        self.faults = faults
        self.table = table

    def contexts(self, value: Any, path: Path) -> Iterator[ContextPart]:
        for name, body in self.table(value, path):
            description, extensions, seen = None, [], dict[str, str]()
            for key, lines in self.table(body, (*path, name)):
                at = (*path, name, key)
                if key == DESCRIPTION and isinstance(lines, str):
                    description = lines
                    continue
                with self.faults.at(at):
                    exten = check_exten(key)
                    if exten in seen:
                        raise ValueError(f"is the same extension as {seen[exten]!r}")
                    seen[exten] = key
                    extensions.append(ExtensionPart(at, exten, tuple(self.commands(lines, at))))
            yield ContextPart((*path, name), name, description, tuple(extensions))

    def commands(self, value: Any, path: Path) -> Iterator[Command]:
        """A list has the priorities 1, 2, 3; a mapping names them, and may have a hint."""
        if isinstance(value, list):
            for index, command in enumerate(value):
                yield from self.command(index + 1, command, (*path, index))
        elif isinstance(value, dict):
            for key, command in value.items():
                if key == HINT_KEY:
                    with self.faults.at((*path, key)):
                        yield Command((*path, key), HINT, "", _word(command))
                elif not key.isascii() or not key.isdecimal() or key != str(int(key)):
                    self.faults.add((*path, key), "is not a priority; use a whole number from 1, or hint")
                else:
                    with self.faults.at((*path, key)):
                        yield from self.command(check_priority(int(key)), command, (*path, key))
        else:
            self.faults.add(path, "must be a list of commands such as [[Answer], [Hangup]], or a mapping of priorities to commands")

    def command(self, priority: int, value: Any, path: Path) -> Iterator[Command]:
        if not isinstance(value, list) or not value:
            self.faults.add(path, "must be a list: an application and its arguments, such as [Playback, hello-world]")
            return
        words = []
        for index, word in enumerate(value):
            with self.faults.at((*path, index)):
                words.append(_word(word))
        if len(words) == len(value):
            yield Command(path, priority, words[0], ",".join(words[1:]))

    def entries(self, value: Any, path: Path) -> Iterator[EntryPart]:
        for family, keys in self.table(value, path):
            for key, text in self.table(keys, (*path, family)):
                with self.faults.at((*path, family, key)):
                    yield EntryPart((*path, family, key), family, key, _word(text))


def _word(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        shown = "empty" if value is None else str(value).lower() if isinstance(value, bool) else "a list or mapping"
        raise ValueError(f"must be text, not {shown}; write it in quotes")
    return str(value)
