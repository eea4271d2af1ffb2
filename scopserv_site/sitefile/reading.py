"""From the bytes of a YAML file to plain values that know their lines.

Only what a site file needs: one document of mappings, lists and plain values. Tags are refused, and so are keys given twice. A scalar
is a whole number, true, false, null or text; what would lose something as a number (0101, 1_000, 1e3) stays the text that it is.
"""

import re
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from scopserv_site.sitefile.faults import BadFile, Path, show_path
from scopserv_site.sitefile.tree import Items, Source, Table

LARGEST_FILE = 32 * 1024 * 1024
MOST_VALUES = 2_000_000  # with every alias written out
DEEPEST = 20

_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def read(file: FilePath) -> Source:
    """Read a site file. Raises BadFile."""
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise BadFile(f"{file}: {error.strerror or error}; give the path of a site file") from None
    if len(content) > LARGEST_FILE:
        raise BadFile(f"{file}: is larger than {LARGEST_FILE // 1024 // 1024} MB; split it, for example by tenant")
    return Source(str(file), parse(str(file), content))


def parse(name: str, content: bytes) -> Any:
    """The value that a YAML text holds; the name is for messages. Raises BadFile."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"{name}, line {_line_at(content, error.start)}: is not UTF-8 text ({error.reason}); save it as UTF-8") from None
    reader = _Reader(name)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            reader.take(event)
    except ReaderError as error:
        where = f"{name}, line {text.count(chr(10), 0, error.position) + 1}"
        raise BadFile(f"{where}: holds the character U+{error.character:04X}, which YAML does not allow; take it out") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}, line {mark.line + 1}, column {mark.column + 1}" if mark else name
        raise BadFile(f"{where}: is not YAML: {' '.join(filter(None, (error.context, error.problem)))}") from None
    except (YAMLError, ValueError) as error:
        raise BadFile(f"{name}: is not YAML: {' '.join(str(error).split())}") from None
    return reader.root


class _Reader:
    """Builds the value from the parser's events; an alias is the very value that it names, so nothing grows by it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Any = None
        self._documents = 0
        self._open: list[tuple[Table | Items, str | None, int]] = []  # each with its anchor and line
        self._keys: list[tuple[str, int] | None] = []  # of each open mapping, the key that waits for its value
        self._anchors: dict[str, Any] = {}

    def take(self, event: Event) -> None:
        line = event.start_mark.line + 1
        match event:
            case DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise self._bad(line, "a second document begins; a site file is one document")
            case MappingStartEvent() | SequenceStartEvent():
                self._refuse_tag(event, line)
                if len(self._open) >= DEEPEST:
                    raise self._bad(line, f"is nested more than {DEEPEST} levels deep")
                if self._wants_key():
                    raise self._bad(line, "a mapping or list cannot be a key; a text with { or [ in it needs quotes")
                self._open.append((Table() if isinstance(event, MappingStartEvent) else Items(), event.anchor, line))
                self._keys.append(None)
            case MappingEndEvent() | SequenceEndEvent():
                value, anchor, began = self._open.pop()
                self._keys.pop()
                self._put(value, anchor, began)
            case ScalarEvent():
                self._refuse_tag(event, line)
                if self._wants_key():
                    self._key(event.value, line)
                else:
                    scalar = _scalar(event.value) if event.style in (None, "") else self._text(event.value, line)
                    self._put(scalar, event.anchor, line)
            case AliasEvent():
                if event.anchor not in self._anchors:
                    raise self._bad(line, f"*{event.anchor} names no value that is complete above")
                if self._wants_key():
                    raise self._bad(line, "an alias cannot be a key")
                self._put(self._anchors[event.anchor], None, line)

    def _key(self, text: str, line: int) -> None:
        text = self._text(text, line)
        table = self._open[-1][0]
        if text in table.lines:
            path = show_path((*self._path(), text))
            raise self._bad(line, f"{path}: is there twice; the first is in line {table.lines[text]}")
        self._keys[-1] = (text, line)

    def _put(self, value: Any, anchor: str | None, line: int) -> None:
        if anchor:
            self._anchors[anchor] = value
        if not self._open:
            self.root = value
            return
        parent = self._open[-1][0]
        parent.size += value.size if isinstance(value, Table | Items) else 1
        if parent.size > MOST_VALUES:
            raise self._bad(line, f"its aliases make more than {MOST_VALUES:,} values of it; write out what is meant")
        if isinstance(parent, Table):
            waiting = self._keys[-1]
            assert waiting is not None
            name, line = waiting
            parent[name], parent.lines[name] = value, line
            self._keys[-1] = None
        else:
            parent.lines[len(parent)] = line
            parent.append(value)

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1][0], Table) and self._keys[-1] is None

    def _path(self) -> Path:
        parents = [container for container, _, _ in self._open[:-1]]
        return tuple(key[0] if key else len(parent) for key, parent in zip(self._keys, parents, strict=False))

    def _refuse_tag(self, event: Any, line: int) -> None:
        if event.tag is not None and str(event.tag) != "!":
            raise self._bad(line, f"the tag {event.tag} is not allowed; write plain values")

    def _text(self, text: str, line: int) -> str:
        try:
            text = text.encode("utf-16", "surrogatepass").decode("utf-16")  # JSON writes a character beyond U+FFFF as two halves
        except UnicodeDecodeError:
            raise self._bad(line, "holds half a character; take it out") from None
        if "\0" in text:
            raise self._bad(line, "holds a NUL, which nothing can store; take it out")
        return text

    def _bad(self, line: int, message: str) -> BadFile:
        return BadFile(f"{self.name}, line {line}: {message}")


def _scalar(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) else text


def _line_at(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1
