"""What records are checked against, read once for many of them: which records exist, and which numbers are taken."""

from collections import defaultdict

from addons.lookup import proposals
from dialplan.build.model import HINT
from dialplan.models import Extension


class Known:
    """Whether a record exists, in the open tenant or in public."""

    def __init__(self) -> None:
        self._read: dict[str, set[str]] = {}
        self._more: defaultdict[str, set[str]] = defaultdict(set)

    def __call__(self, to: str, key: str) -> bool:
        if key in self._more[to]:
            return True
        if to not in self._read:
            self._read[to] = {each for each, _ in proposals(to)}
        return key in self._read[to]

    def add(self, to: str, key: str) -> None:
        """Takes a record as there, though it is not stored yet."""
        self._more[to].add(key)


class Taken:
    """Who answers at an extension of the open tenant, as it was when this was first asked, and as it will be."""

    def __init__(self) -> None:
        self._owners: defaultdict[tuple[str, str], set[str]] | None = None
        self._more: list[tuple[str, str, str]] = []
        self._gone: list[tuple[str, str, str]] = []

    def __call__(self, context: str, exten: str, but: str = "") -> str:
        return min(self.read()[context, exten] - {but}, default="")

    def read(self) -> defaultdict[tuple[str, str], set[str]]:
        """Reads the live lines, unless that is done; what is written after it is of no account."""
        if self._owners is None:
            self._owners = defaultdict(set)
            live = Extension.objects.filter(replaced_by="").exclude(priority=HINT).order_by()
            for context, exten, origin in live.values_list("context", "exten", "origin").distinct():
                self._owners[context, exten].add(origin)
            for context, exten, origin in self._gone:
                self._owners[context, exten].discard(origin)
            for context, exten, origin in self._more:
                self._owners[context, exten].add(origin)
        return self._owners

    def add(self, context: str, exten: str, origin: str) -> None:
        """Takes an extension as answered, though it is not built yet."""
        self._more.append((context, exten, origin))
        if self._owners is not None:
            self._owners[context, exten].add(origin)

    def discard(self, context: str, exten: str, origin: str) -> None:
        """Takes an extension as free of what an origin wrote there, though that is not built yet."""
        self._gone.append((context, exten, origin))
        if self._owners is not None:
            self._owners[context, exten].discard(origin)
