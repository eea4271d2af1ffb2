"""Whom a trunk is lent to, and which tenants a change of that concerns."""

from collections.abc import Collection, Iterable

from tenants.schema import all_slugs

_READ_BY_ADDONS = frozenset({"technology", "host"})


def lent(everyone: bool, slugs: Iterable[str]) -> frozenset[str]:
    """The tenants that may use a trunk: all that there are, or those that were chosen."""
    return frozenset(all_slugs() if everyone else slugs)


def concerned(before: frozenset[str], after: frozenset[str], changed: Collection[str]) -> frozenset[str]:
    """Those whose dialplan may become another when these fields of a trunk change, and whom it is lent to; accounts are nodes' business."""
    return before | after if _READ_BY_ADDONS & {*changed} else before ^ after
