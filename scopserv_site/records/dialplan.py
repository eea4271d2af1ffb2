"""Staff's own contexts, extensions and AstDB keys."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Max, Q, QuerySet

from dialplan.build.names import check_exten
from dialplan.models import STAFF, AstDBEntry, Context, Extension
from scopserv_site.records.json_schema import TEXT, Schema, as_object, field_schema
from scopserv_site.records.resource import Key, Resource, Values, here, place, without
from scopserv_site.sitefile.export import staff_commands
from scopserv_site.sitefile.faults import Path


class ContextResource(Resource):
    """Contexts, without what is in them."""

    names: Key = ("name",)
    model: Any = Context

    def schema(self) -> Schema:
        return as_object({name: field_schema(Context._meta.get_field(name)) for name in ("name", "description")}, self.names)

    def show(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        return [{"name": row.name, "description": row.description} for row in rows]

    def file(self, records: Mapping[Key, Values]) -> Any:
        return here("contexts", {name: without(self.names, values) for (name,), values in records.items()})

    def where(self, key: Key) -> Path:
        return place("contexts", *key)

    def faults(self, key: Key, values: Values) -> Iterator[tuple[Path, str]]:
        yield from super().faults(key, values)
        if not isinstance(values.get("description", ""), str):
            yield ("description",), "must be text"


class ExtensionResource(Resource):
    """All lines of an extension that staff wrote, as one record."""

    names: Key = ("context", "exten")
    model: Any = Extension

    def schema(self) -> Schema:
        command = {"type": "array", "items": TEXT, "minItems": 1}
        several = {
            "title": "Commands",
            "description": 'A list of commands for the priorities 1, 2, 3, ..., such as [["Answer"], ["Playback", "hello-world"]]; '
            'or commands by priority, and the device of a hint as "hint".',
            "anyOf": [
                {"type": "array", "items": command},
                {"type": "object", "additionalProperties": {"anyOf": [command, TEXT]}},
            ],
        }
        fields = {name: field_schema(Extension._meta.get_field(name)) for name in self.names}
        return as_object(fields | {"commands": several}, [*self.names, "commands"])

    def order(self) -> Mapping[str, str]:
        return {name: name for name in self.names}

    def rows(self) -> QuerySet:
        return Extension.objects.filter(origin=STAFF)

    def search(self, rows: QuerySet) -> QuerySet:
        return self.grouped(rows.filter(origin=STAFF))

    def normal(self, key: Key) -> Key:
        return key[0], check_exten(key[1])

    def faults(self, key: Key, values: Values) -> Iterator[tuple[Path, str]]:
        yield from super().faults(key, values)
        if not Context.objects.filter(name=key[0]).exists():
            yield ("context",), f"There is no context {key[0]!r}; make it first."
        commands = values.get("commands")
        if not commands:
            yield ("commands",), "is required"
        elif not isinstance(commands, list | dict):  # a text would be that of the context, where the extension is named 'description'
            yield ("commands",), "must be a list of commands such as [[Answer], [Hangup]], or a mapping of priorities to commands"

    def fault_path(self, path: Path) -> Path:
        return ("commands", *path)

    def grouped(self, lines: QuerySet) -> QuerySet:
        """One row for each extension of these lines."""
        return lines.values(*self.names).annotate(newest=Max("id")).order_by(*self.names)

    def find(self, key: Key) -> QuerySet:
        return self.grouped(super().find(key))

    def stored(self, key: Key) -> QuerySet:
        return super().find(key)

    def show(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        lines: defaultdict[Key, dict[int, Any]] = defaultdict(dict)
        wanted = Q(pk__in=[])
        for row in rows:
            wanted |= Q(context=row["context"], exten=row["exten"])
        for line in self.rows().filter(wanted):
            lines[line.context, line.exten][line.priority] = line
        return [
            {**{name: row[name] for name in self.names}, "commands": staff_commands(lines[row["context"], row["exten"]])} for row in rows
        ]

    def file(self, records: Mapping[Key, Values]) -> Any:
        contexts: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        for (context, exten), values in records.items():
            contexts[context][exten] = values.get("commands")
        return here("contexts", dict(contexts))

    def where(self, key: Key) -> Path:
        return place("contexts", *key)


class EntryResource(Resource):
    """AstDB keys."""

    names: Key = ("family", "key")
    model: Any = AstDBEntry

    def schema(self) -> Schema:
        return as_object({name: field_schema(AstDBEntry._meta.get_field(name)) for name in (*self.names, "value")}, self.names)

    def rows(self) -> QuerySet:
        return AstDBEntry.objects.filter(origin=STAFF)

    def show(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        return [{"family": row.family, "key": row.key, "value": row.value} for row in rows]

    def file(self, records: Mapping[Key, Values]) -> Any:
        families: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        for (family, key), values in records.items():
            families[family][key] = values.get("value", "")
        return here("astdb", dict(families))

    def where(self, key: Key) -> Path:
        return place("astdb", *key)


DIALPLAN = (
    ContextResource("contexts", "Contexts", "context"),
    ExtensionResource("extensions", "Extensions", "extension"),
    EntryResource("astdb", "AstDB", "AstDB entry"),
)
