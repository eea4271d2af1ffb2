"""The records of one addon, or its settings, derived from its params."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from addons.commits.storing import Records
from addons.commits.upgrading import upgrade_records
from addons.declarations.params import MultiChoice, MultiList, Reference, Secret
from addons.declarations.records import with_defaults
from addons.discovery.loading import Addon
from addons.discovery.registry import registry
from addons.stored.generated import record_model
from addons.stored.known import Known
from dialplan.surroundings import Taken
from scopserv_site.records.json_schema import Schema, record_schema
from scopserv_site.records.resource import Key, Resource, Values, here, public
from scopserv_site.sitefile.faults import Path
from tenants.schema import current_slug


@dataclass(frozen=True)
class AddonResource(Resource):
    """What an addon's params declare."""

    addon: Addon

    @property
    def model(self) -> Any:
        return record_model(self.addon)

    @property
    def names(self) -> Key:
        return (self.addon.key.name,) if self.addon.is_list and self.addon.key else ()

    def schema(self) -> Schema:
        return record_schema(self.addon.params) | {"description": str(self.addon.info.description)}

    def order(self) -> Mapping[str, str]:
        return {
            param.name: "key" if param.key else f"data__{param.name}"
            for param in self.addon.params
            if not isinstance(param, Secret | MultiList | MultiChoice) and not (isinstance(param, Reference) and param.many)
        }

    def find(self, key: Key) -> Any:
        return self.rows().filter(key="".join(key))

    def normal(self, key: Key) -> Key:
        assert self.addon.key is not None
        return (str(self.addon.key.clean(key[0])),)

    def show(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        return [public(self.addon.params, with_defaults(self.addon.params, row.data)) for row in rows]

    def file(self, records: Mapping[Key, Values]) -> Any:
        found: Any = {key[0]: dict(values) for key, values in records.items()} if self.names else dict(records[()])
        return {"addons": {self.addon.name: found}} if self._is_server else here("addons", {self.addon.name: found})

    def where(self, key: Key) -> Path:
        own = ("addons", self.addon.name, *key)
        return own if self._is_server else ("tenants", current_slug(), *own)

    @property
    def renamed_as(self) -> str:
        return self.addon.name

    def rename(self, row: Any, key: Key) -> Iterator[tuple[Path, str]]:
        upgrade_records(self.addon)
        row.refresh_from_db()
        yield from Records(self.addon, Known(), Taken(), [row]).rename(row.key, *key).items()

    def complete(self, values: Values) -> Values:
        return public(self.addon.params, self.addon.empty_record()) | dict(values)

    @property
    def _is_server(self) -> bool:
        return self.addon.info.scope == "server"


def addon_resource(addon: Addon) -> AddonResource:
    """The records of an addon that has params."""
    title, record = str(addon.info.name), str(addon.info.record or addon.info.name)
    return AddonResource(f"addons/{addon.name}", title, record, addon)


def addon_resources(scope: str) -> list[AddonResource]:
    """Those of all addons of a scope."""
    return [addon_resource(addon) for addon in registry.addons if addon.info.scope == scope and addon.params]
