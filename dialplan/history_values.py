"""Values of records as their history keeps them: by field, comparable, and without secrets."""

from collections.abc import Mapping
from typing import Any

from dialplan.fields import EncryptedCharField
from tenants.secrets import LostKey, Opened, is_sealed, opened

MASK = "••••••"


def flat(row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by field; those within JSON by their own names."""
    found: dict[str, Any] = {}
    for name in row.history_fields:
        value = values.get(name)
        if name == "data" and isinstance(value, Mapping):
            found |= value
        elif name == "extra" and isinstance(value, Mapping):
            found |= {f"extra.{addon}.{param}": each for addon, params in value.items() for param, each in params.items()}
        elif name in values:
            found[name] = value
    return found


def plain(value: Any) -> Any:
    """A value to compare: a secret that was only encrypted anew is the same."""
    try:
        return opened(value)
    except LostKey:
        return value


def shown(row: Any, name: str, value: Any) -> Any:
    """A value to keep and show; of a secret only that there is one."""
    if name in row.history_fields and isinstance(row._meta.get_field(name), EncryptedCharField):
        return MASK if value else value
    return _masked(value)


def _masked(value: Any) -> Any:
    if isinstance(value, Opened) or is_sealed(value):
        return MASK if value else ""
    if isinstance(value, Mapping):
        return {key: _masked(each) for key, each in value.items()}
    return [_masked(each) for each in value] if isinstance(value, list | tuple) else value
