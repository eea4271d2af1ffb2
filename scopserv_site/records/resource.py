"""One kind of record as a program or a table sees it: how it is named, listed, shown, and written into a site file."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from addons.declarations.param import Param
from addons.declarations.params import MultiList, Secret
from scopserv_site.records.json_schema import Schema
from scopserv_site.sitefile.faults import Path, unknown
from tenants.schema import current_slug

Key = tuple[str, ...]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Resource(ABC):
    """A kind of record; all that differs between them stands in the subclasses."""

    path: str  # in addresses, such as phones or addons/paging
    title: str
    record: str  # what one of them is called

    @property
    @abstractmethod
    def model(self) -> Any:
        """The model whose page on the console is that of the record."""

    @property
    @abstractmethod
    def names(self) -> Key:
        """The fields that together name a record; none for a settings record."""

    @abstractmethod
    def schema(self) -> Schema:
        """What a record may hold; secrets are marked writeOnly."""

    @abstractmethod
    def file(self, records: Mapping[Key, Values]) -> Any:
        """A site file that says this of these records."""

    @abstractmethod
    def where(self, key: Key) -> Path:
        """Where in that file a record stands."""

    def rows(self) -> models.QuerySet:
        """What is stored; one row is one record."""
        return self.model.objects.all()

    def find(self, key: Key) -> models.QuerySet:
        """The rows of one record."""
        return self.rows().filter(**dict(zip(self.names, key, strict=True)))

    def order(self) -> Mapping[str, str]:
        """The fields by which records can be sorted, and what each is called in the database."""
        return {name: name for name, kind in self.schema()["properties"].items() if not kind.get("writeOnly")}

    @abstractmethod
    def show(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        """What rows hold, without secrets."""

    def search(self, rows: models.QuerySet) -> models.QuerySet:
        """Rows that the console's search found, one for each record."""
        return rows

    def stored(self, key: Key) -> models.QuerySet:
        """The rows that go when a record is deleted."""
        return self.find(key)

    def normal(self, key: Key) -> Key:
        """A key as it is stored. Raises ValueError for one that cannot be."""
        return key

    @property
    def renamed_as(self) -> str:
        """The kind by which other records name this one, where it can get another name; "" where it cannot."""
        return ""

    def rename(self, row: Any, key: Key) -> Iterator[tuple[Path, str]]:
        """Saves a record under another name, in the change that is open, or gives what keeps it from that."""
        raise NotImplementedError

    def faults(self, key: Key, values: Values) -> Iterator[tuple[Path, str]]:
        """What is wrong with a record that the site file could not even say."""
        known = self.schema()["properties"]
        yield from (((name,), unknown(name, known)) for name in values if name not in known)

    def fault_path(self, path: Path) -> Path:
        """Where in a record a fault is that the site file has there."""
        return path

    def complete(self, values: Values) -> Values:
        """What is put in place of a whole settings record."""
        return values


def here(section: str, records: Any) -> dict[str, Any]:
    """A site file that holds these records of the open tenant."""
    return {"tenants": {current_slug(): {section: records}}}


def place(section: str, *more: str) -> Path:
    """Where in that file something stands."""
    return ("tenants", current_slug(), section, *more)


def without(names: Iterable[str], values: Values) -> dict[str, Any]:
    """Values but for some."""
    left = set(names)
    return {name: value for name, value in values.items() if name not in left}


def public(params: Sequence[Param], record: Values) -> dict[str, Any]:
    """A complete record without its secrets, however deep."""
    return {param.name: _public(param, record[param.name]) for param in params if not isinstance(param, Secret)}


def _public(param: Param, value: Any) -> Any:
    return [public(param.params, row) for row in value] if isinstance(param, MultiList) else value
