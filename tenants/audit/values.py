"""Values of records as the audit trail keeps them: by field, comparable, and without secrets."""

from collections.abc import Iterable, Mapping
from typing import Any

from tenants.secrets import LostKey, Opened, is_sealed, opened

MASK = "••••••"


def kept(row: Any, only: Iterable[str] | None = None) -> dict[str, Any]:
    """By column the values whose history is kept, as the row has them now; of some fields alone if these are named."""
    fields = [row._meta.get_field(name) for name in row.history_fields]
    due = [field for field in fields if only is None or not {field.name, field.attname}.isdisjoint(only)]
    return {field.attname: vars(row)[field.attname] for field in due if field.attname not in row.get_deferred_fields()}


def flat(row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by field; those within JSON by their own names."""
    found: dict[str, Any] = {}
    for name in row.history_fields:
        column = row._meta.get_field(name).attname
        value = values.get(column)
        if name == "data" and isinstance(value, Mapping):
            found |= value
        elif name == "extra" and isinstance(value, Mapping):
            found |= {f"extra.{addon}.{param}": each for addon, params in value.items() for param, each in params.items()}
        elif column in values:
            found[name] = value
    return found


def plain(value: Any) -> Any:
    """A value to compare: a secret that was only encrypted anew is the same."""
    try:
        return opened(value)
    except LostKey:
        return value


def shown(row: Any, name: str, value: Any) -> Any:
    """A value to keep and show; of a secret only that there is one, of another record its name."""
    if name in row.history_fields:
        field = row._meta.get_field(name)
        if getattr(field, "is_secret", False):
            return MASK if value else value
        if field.is_relation:
            return str(field.related_model._base_manager.filter(pk=value).first() or "")
    return _masked(value)


def _masked(value: Any) -> Any:
    if isinstance(value, Opened) or is_sealed(value):
        return MASK if value else ""
    if isinstance(value, Mapping):
        return {key: _masked(each) for key, each in value.items()}
    return [_masked(each) for each in value] if isinstance(value, list | tuple) else value
