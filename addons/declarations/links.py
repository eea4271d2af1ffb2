"""The kinds of form parameter that lead to more: a reference to another record, and a table of rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from addons.declarations.declare import Words, check_name, is_given, kind
from addons.declarations.errors import ParamError, Path, RecordErrors
from addons.declarations.param import Param, is_int, list_of, plain_text
from addons.declarations.records import as_read, clean_record, dialled_numbers, references, with_defaults


@dataclass(frozen=True, slots=True)
class Reference(Param):
    """Names another record by its key: a phone, a line, a trunk, a tenant or another addon's record.

    With `many` it is a list of keys; with `everything` as well it may be the word "all" instead.
    """

    _: KW_ONLY
    to: str = ""
    many: bool = False
    everything: bool = False
    placeholder: Words = ""

    can_be_key: ClassVar[bool] = True

    ALL: ClassVar[str] = "all"

    def _check(self) -> None:
        check_name(f"{self.owner}: to", self.to)
        for flag in ("many", "everything"):
            if not isinstance(getattr(self, flag), bool):
                self._refuse(f"{flag} must be True or False, not {kind(getattr(self, flag))}")
        if self.everything and not self.many:
            self._refuse("everything=True needs many=True")
        if self.key and self.many:
            self._refuse("a Reference to many records cannot be the key")
        if self.unique and self.many:
            self._refuse("a Reference to many records cannot be unique")

    @property
    def empty(self) -> str | list[str]:
        return [] if self.many else ""

    def _clean(self, value: Any) -> str | list[str]:
        if not self.many:
            return _key(value)
        if self.everything and value == self.ALL:
            return self.ALL
        keys = [_key(each) for each in list_of(value, f'the word "{self.ALL}", or a list' if self.everything else "a list")]
        if "" in keys:
            raise ParamError("has an empty entry; take it out")
        if self.everything and self.ALL in keys:
            raise ParamError("names all of them and some as well; choose one or the other")
        if double := next((key for key in keys if keys.count(key) > 1), None):
            raise ParamError(f"names {double!r} twice")
        return keys

    def fits(self, stored: Any) -> bool:
        if isinstance(stored, list):
            return self.many and all(isinstance(key, str) for key in stored)
        return isinstance(stored, str) and (not self.many or (self.everything and stored == self.ALL))

    def references(self, value: str | list[str]) -> Iterator[tuple[Path, str, str]]:
        if isinstance(value, list):
            yield from (((index,), self.to, key) for index, key in enumerate(value))
        elif value and not self.many:
            yield (), self.to, value


@dataclass(frozen=True, slots=True)
class MultiList(Param):
    """A table within the form: rows of other params. A row given as a bare value sets the row's first param."""

    _: KW_ONLY
    params: Sequence[Param] = ()
    minimum: int = 0
    maximum: int = 1000

    can_be_unique: ClassVar[bool] = False

    @property
    def empty(self) -> list[Any]:
        return []

    def _check(self) -> None:
        if isinstance(self.params, Param) or not isinstance(self.params, (list, tuple)) or not self.params:
            self._refuse(f"params must be a list of the row's params, not {kind(self.params)}")
        for index, param in enumerate(self.params):
            if not isinstance(param, Param):
                self._refuse(f"params[{index}] is {kind(param)}, not a param")
            if isinstance(param, MultiList):
                self._refuse(f"params[{index}] is a MultiList; a row cannot hold another table")
            if param.key:
                self._refuse(f"params[{index}], {param.name!r}, has key=True; only a param of the record itself can be the key")
            if param.tab:
                self._refuse(f"params[{index}], {param.name!r}, has a tab; the whole table is on its own tab")
            if is_given(param.group):
                self._refuse(f"params[{index}], {param.name!r}, has a group; a row has no headings")
        if not is_int(self.minimum) or not is_int(self.maximum) or not 0 <= self.minimum <= self.maximum:
            self._refuse(f"minimum {self.minimum!r} and maximum {self.maximum!r} rows must be whole numbers in this order")
        object.__setattr__(self, "params", tuple(self.params))

    def _clean(self, value: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        errors: dict[Path, str] = {}
        given = list_of(value, "a list of rows")
        if not self.minimum <= len(given) <= self.maximum:
            raise ParamError(f"has {len(given)} rows; it must have {self.minimum} to {self.maximum}")
        for index, row in enumerate(given):
            try:
                rows.append(clean_record(self.params, row if isinstance(row, Mapping) else {self.params[0].name: row}))
            except RecordErrors as inner:
                rows.append(inner.cleaned)
                errors |= {(index, *path): message for path, message in inner.errors.items()}
        errors |= {path: message for path, message in _doubles(self.params, rows) if path not in errors}
        if errors:
            raise RecordErrors(errors, rows)
        return rows

    def fits(self, stored: Any) -> bool:
        return isinstance(stored, list) and all(isinstance(row, Mapping) for row in stored)

    def complete(self, stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [with_defaults(self.params, row) for row in stored]

    def as_read(self, value: Any) -> Any:
        return [as_read(self.params, row) for row in value]

    def references(self, value: list[dict[str, Any]]) -> Iterator[tuple[Path, str, str]]:
        for index, row in enumerate(value):
            yield from (((index, *path), to, key) for path, to, key in references(self.params, row))

    def numbers(self, value: list[dict[str, Any]]) -> Iterator[tuple[Path, str, str]]:
        for index, row in enumerate(value):
            yield from (((index, *path), context, number) for path, context, number in dialled_numbers(self.params, row))


def _doubles(params: Sequence[Param], rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Path, str]]:
    for param in params:
        seen: dict[Any, int] = {}
        for index, row in enumerate(rows):
            value = row[param.name]
            if param.unique and value != param.empty and seen.setdefault(value, index) != index:
                yield (index, param.name), f"{value!r} is in row {seen[value] + 1} already"


def _key(value: Any) -> str:
    key = plain_text(value).strip()
    if len(key) > 255:
        raise ParamError(f"has {len(key)} characters, too many for the key of a record")
    return key
