"""What applying a file does, in lines for people: + comes, ~ changes, - goes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scopserv_site.sitefile.faults import Path, show_path

LONGEST = 60


@dataclass(frozen=True, slots=True)
class Step:
    """One record that comes, changes or goes."""

    sign: str
    path: Path
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.sign} {show_path(self.path)}" + (f": {self.detail}" if self.detail else "")


@dataclass(slots=True)
class Plan:
    """The steps, in the order in which they were found."""

    steps: list[Step] = field(default_factory=list)

    def add(self, path: Path, detail: str = "") -> None:
        self.steps.append(Step("+", path, detail))

    def change(self, path: Path, detail: str) -> None:
        self.steps.append(Step("~", path, detail))

    def remove(self, path: Path, detail: str = "") -> None:
        self.steps.append(Step("-", path, detail))

    def lines(self) -> list[str]:
        """A line for each step, tenant by tenant."""
        order: dict[Path, int] = {}
        for step in self.steps:
            order.setdefault(step.path[:2], len(order))
        return [str(step) for step in sorted(self.steps, key=lambda step: order[step.path[:2]])]

    def count(self) -> str:
        """The number of steps of each kind."""
        signs = Counter(step.sign for step in self.steps)
        return ", ".join(f"{signs[sign]} {word}" for sign, word in (("+", "added"), ("~", "changed"), ("-", "removed")))


def differences(before: Mapping[str, Any], after: Mapping[str, Any], secrets: Iterable[str] = ()) -> str:
    """What changed, field by field; of secrets only that they did."""
    hidden = set(secrets)
    names = [name for name, value in after.items() if name not in before or before[name] != value]
    return ", ".join(name if name in hidden else f"{name} {show(before.get(name))} -> {show(after[name])}" for name in names)


def show(value: Any) -> str:
    """A value on one line, cut short."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list | tuple):
        return f"{len(value)} items" if len(value) != 1 else "1 item"
    shown = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 3] + "..."
