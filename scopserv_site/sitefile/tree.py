"""What a site file holds once it is read: plain values, and containers that know the line of each of their parts."""

from typing import Any

from scopserv_site.sitefile.faults import MOST, BadFile, Fault, Faults, Path, show_path


class Table(dict[str, Any]):
    """A mapping of the file, and the line of each of its keys."""

    __slots__ = ("lines", "size")

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str | int, int] = {}
        self.size = 1


class Items(list[Any]):
    """A list of the file, and the line of each of its items."""

    __slots__ = ("lines", "size")

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str | int, int] = {}
        self.size = 1


def plain(value: Any) -> Any:
    """The same value without lines."""
    if isinstance(value, Table):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, Items) else value


class Source:
    """A file that has been read: its name and what it holds."""

    def __init__(self, name: str, root: Any) -> None:
        self.name = name
        self.root = root

    def bad(self, faults: Faults) -> BadFile:
        """The exception that tells these faults."""
        lines = [f"{self.name}, line {self._line(fault.path)}: {_sentence(fault)}" for fault in faults.found[:MOST]]
        if len(faults.found) > MOST:
            lines.append(f"... and {len(faults.found) - MOST} more")
        return BadFile("\n".join(lines), faults.found)

    def _line(self, path: Path) -> int:
        line: int = 1
        value: Any = self.root
        for part in path:
            if not isinstance(value, Table | Items) or part not in value.lines:
                break
            line, value = value.lines[part], value[part]  # type: ignore[index]
        return line


def _sentence(fault: Fault) -> str:
    return f"{show_path(fault.path)}: {fault.message}" if fault.path else fault.message
