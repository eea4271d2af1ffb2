"""The kinds of record that commit functions read, whether they come from the database or from a test."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

from addons.discovery.loading import Addon

FIELDS = {
    "phone": ("number", "name", "context", "auto_answer", "ring_seconds"),
    "line_in": ("number", "name", "trunk", "destination"),
    "line_out": ("name", "pattern", "trunk", "strip", "prepend", "caller_id"),
}
KINDS = (*FIELDS, "trunk", "tenant")

Info = Mapping[str, Any]


class Readable(Protocol):
    """Records of some tenants, by kind."""

    slugs: tuple[str, ...]

    def get(self, kind: str) -> tuple[Info, ...]:
        """All records of a kind, tenant by tenant. Raises LookupError for an unknown kind."""

    def settings(self, addon: Addon) -> Info:
        """The settings record of an addon that nobody has saved yet."""

    def addon(self, name: str) -> Addon | None:
        """The addon with this name, if there is one."""

    def written(self, addon: Addon) -> Mapping[tuple[str, str], str]:
        """The AstDB values of the addon's last good commit, by family and key."""


def freeze(value: Any) -> Any:
    """The value with read-only mappings and tuples all the way down."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: freeze(each) for key, each in value.items()})
    return tuple(freeze(each) for each in value) if isinstance(value, list | tuple) else value
