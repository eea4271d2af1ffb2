"""A step of migrations: seals the secrets of addons that were stored in clear text."""

from collections.abc import Iterable, Mapping
from typing import Any

from addons.declarations.param import Param
from addons.declarations.params import MultiList, Secret
from addons.discovery.registry import registry
from tenants.secrets import sealed


def with_secrets_sealed(params: Iterable[Param], stored: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of a record, its secrets as they must be."""
    secrets: dict[str, Any] = {}
    for param in params:
        value = stored.get(param.name)
        if isinstance(param, Secret):
            secrets[param.name] = sealed(param.complete(value))
        elif isinstance(param, MultiList) and isinstance(value, list):
            secrets[param.name] = [with_secrets_sealed(param.params, row) for row in value]
    return {**stored, **{name: value for name, value in secrets.items() if name in stored}}


def seal_records(model: Any) -> None:
    """Seals what a table of records holds."""
    for row in model.objects.order_by():
        if row.addon in registry:
            _save(row, "data", with_secrets_sealed(registry.get(row.addon).params, row.data))


def seal_extras(model: Any, kind: str) -> None:
    """Seals what the records of a section hold for addons."""
    extras = {addon.name: addon.extras[kind].params for addon in registry.addons if kind in addon.extras}
    for row in model.objects.exclude(extra={}).order_by():
        _save(row, "extra", {name: with_secrets_sealed(extras.get(name, ()), stored) for name, stored in row.extra.items()})


def _save(row: Any, column: str, value: Any) -> None:
    if getattr(row, column) != value:
        type(row).objects.filter(pk=row.pk).update(**{column: value})
