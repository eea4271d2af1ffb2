"""What is wrong with an addon, as a value: collected, shown and skipped, never raised at the site."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of one addon: where it is, what it is, and what to do about it."""

    addon: str
    file: str
    line: int | None
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"addon '{self.addon}', {place}: {self.message}" if place else f"addon '{self.addon}': {self.message}"
