"""Counts as people say them."""

from collections.abc import Iterable


def counted(count: int, one: str, many: str = "") -> str:
    """Such as "1 phone" or "3 phones"."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def listed(names: Iterable[str], most: int = 20) -> str:
    """Names with commas, the first of them."""
    all_names = list(names)
    more = f" and {len(all_names) - most} more" if len(all_names) > most else ""
    return ", ".join(all_names[:most]) + more
