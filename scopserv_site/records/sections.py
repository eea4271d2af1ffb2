"""Phones, incoming and outgoing lines, with what addons add to them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from addons.declarations.records import with_defaults
from addons.discovery.registry import registry
from dialplan.surroundings import Surroundings
from scopserv_site.records.json_schema import Schema, as_object, field_schema, record_schema
from scopserv_site.records.resource import Key, Resource, Values, here, place, public, without
from scopserv_site.sitefile import shape
from scopserv_site.sitefile.faults import Path
from scopserv_site.sitefile.work import problems

NEEDED = {"phones": ("number",), "lines_in": ("number", "trunk", "destination"), "lines_out": ("name", "pattern", "trunk")}


@dataclass(frozen=True)
class SectionResource(Resource):
    """The records of a section of site files."""

    section: shape.Section

    @property
    def model(self) -> Any:
        return self.section.model

    @property
    def names(self) -> Key:
        return (self.section.key, "trunk") if self.section is shape.LINES_IN else (self.section.key,)

    @cached_property
    def _fields(self) -> dict[str, tuple[str, bool]]:
        """By name: the attribute, and whether it is a secret."""
        return {self.section.key: (self.section.key, False)} | {each.name: (each.attribute, each.secret) for each in self.section.fields}

    def schema(self) -> Schema:
        meta = self.model._meta
        found = {name: field_schema(meta.get_field(attribute), secret=secret) for name, (attribute, secret) in self._fields.items()}
        if extras := self._extras():
            parts = {name: record_schema(params) | {"title": str(registry.get(name).info.name)} for name, params in extras}
            found["extra"] = as_object(parts, description="What addons add, by addon.")
        return as_object(found, NEEDED[self.section.name])

    def order(self) -> Mapping[str, str]:
        return {name: attribute for name, (attribute, secret) in self._fields.items() if not secret}

    def show(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        extras = self._extras()
        return [self._show(row, extras) for row in rows]

    def file(self, records: Mapping[Key, Values]) -> Any:
        return here(self.section.name, {"@".join(key): without([self.section.key], values) for key, values in records.items()})

    def where(self, key: Key) -> Path:
        return place(self.section.name, "@".join(key))

    @property
    def renamed_as(self) -> str:
        return self.section.kind

    def rename(self, row: Any, key: Key) -> Iterator[tuple[Path, str]]:
        for name, value in zip(self.names, key, strict=True):
            setattr(row, name, value)
        found = [((name,), message) for name, message in problems(row, Surroundings())]
        yield from found
        if not found:
            row.save()

    def _extras(self) -> list[tuple[str, Sequence[Any]]]:
        kind = self.section.kind
        return [(addon.name, addon.extras[kind].params) for addon in registry.addons if kind in addon.extras]

    def _show(self, row: Any, extras: list[tuple[str, Sequence[Any]]]) -> dict[str, Any]:
        found = {name: getattr(row, attribute) for name, (attribute, secret) in self._fields.items() if not secret}
        if extras:
            stored = row.extra or {}
            found["extra"] = {name: public(params, with_defaults(params, stored.get(name, {}))) for name, params in extras}
        return found


PHONES = SectionResource("phones", "Phones", "phone", shape.PHONES)
LINES_IN = SectionResource("lines_in", "Incoming lines", "incoming line", shape.LINES_IN)
LINES_OUT = SectionResource("lines_out", "Outgoing lines", "outgoing line", shape.LINES_OUT)
SECTIONS = (PHONES, LINES_IN, LINES_OUT)
