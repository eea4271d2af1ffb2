"""Which records exist, for many references; of a few each is looked up, of many their kind is read once."""

from collections import Counter, defaultdict

from addons.stored.lookup import exists, proposals


class Known:
    """Whether a record exists, in the open tenant or in public."""

    FEW = 20  # questions about a kind for which not all of its records are read

    def __init__(self) -> None:
        self._read: dict[str, set[str]] = {}
        self._asked: Counter[str] = Counter()
        self._more: defaultdict[str, set[str]] = defaultdict(set)

    def __call__(self, to: str, key: str) -> bool:
        if key in self._more[to]:
            return True
        self._asked[to] += 1
        if self._asked[to] <= self.FEW:
            return exists(to, key)
        if to not in self._read:
            self._read[to] = {each for each, _ in proposals(to)}
        return key in self._read[to] or exists(to, key)  # not all that may be named is proposed

    def add(self, to: str, key: str) -> None:
        """Takes a record as there, though it is not stored yet."""
        self._more[to].add(key)
