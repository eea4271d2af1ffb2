"""How each kind of param looks in a form; with `inputs` the only module that knows the theme's widgets."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from addons.declarations.declare import Column
from addons.declarations.errors import ParamError, Path
from addons.declarations.links import MultiList, Reference
from addons.declarations.param import Param
from addons.declarations.params import (
    Boolean,
    Choice,
    Date,
    Email,
    Integer,
    IPAddress,
    MultiChoice,
    Number,
    PhoneNumber,
    Secret,
    Sound,
    Text,
    Time,
    TimeRange,
)
from addons.declarations.records import clean_record
from addons.pages.inputs import (
    ReferenceInput,
    ReferencesInput,
    SecretInput,
    SoundInput,
    TimeRangeInput,
    placeholder_of,
    shown_if,
    typed_input,
)
from addons.pages.showing import TableColumn, choices_of, table_columns
from addons.stored.lookup import needs, plural


def widget_for(param: Param) -> forms.Widget:
    """The widget of a param, by its nearest kind."""
    for kind in type(param).__mro__:
        if make := WIDGETS.get(kind):
            return make(param)
    raise TypeError(f"{param.owner}: no widget shows a {type(param).__name__}")


class GivenRow(dict[str, Any]):
    """A posted row, and the number that it was posted with: below `GivenRows.stored` that is its place among the stored rows."""

    number: int


class GivenRows(list[Any]):
    """The posted rows, and the first number that no row had yet."""

    next: int


class MultiListWidget(forms.Widget):
    """A table of rows that can be added, ordered and removed; each row posts its number under NAME-row, in the order shown.

    A row keeps its number as long as the form is open, so that what is not posted, its secrets, can be found again.
    """

    template_name = "addons/multilist.html"

    class Media:
        js = ("addons/reference.js", "addons/multilist.js")
        css = {"all": ("addons/multilist.css",)}

    def __init__(self, param: MultiList) -> None:
        super().__init__()
        self.param = param
        self.columns: Sequence[Column] = ()
        self.errors: dict[Path, str] = {}
        self.set_secrets: set[tuple[int, str]] = set()  # by number of the row and name
        self.needs_multipart_form = any(isinstance(each, Sound) for each in param.params)

    def __deepcopy__(self, memo: dict[int, Any]) -> "MultiListWidget":
        copied = super().__deepcopy__(memo)  # which is shallow, so that one person's errors would show in another's form
        copied.errors = {}
        copied.set_secrets = set()
        return copied

    def value_from_datadict(self, data: Any, files: Any, name: str) -> GivenRows:
        rows = GivenRows()
        widgets = {each.name: widget_for(each) for each in self.param.params}
        for number in data.getlist(f"{name}-row"):
            if _is_number(number):
                rows.append(GivenRow({each: widgets[each].value_from_datadict(data, files, f"{name}-{number}-{each}") for each in widgets}))
                rows[-1].number = int(number)
        told = data.get(f"{name}-next", "")
        rows.next = max([int(told) if _is_number(told) else 0, *(row.number + 1 for row in rows)])
        return rows

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = value if isinstance(value, list) else []
        columns = table_columns(self.param, self.columns)
        context["widget"] |= {
            "heads": [(each.label, each.param.help if each.param else "") for each in columns],
            "rows": [self._row(columns, name, str(getattr(row, "number", index)), index, row) for index, row in enumerate(rows)],
            "blank": self._row(columns, name, "__row__", None, {each.name: each.initial for each in self.param.params}),
            "next": getattr(rows, "next", len(rows)),
            "references": {each.to: needs(each) for each in self.param.params if isinstance(each, Reference | Sound)},
            "maximum": self.param.maximum,
            "all": self._all(),
        }
        return context

    def _all(self) -> str:
        """What the button is called that adds a row for each record that may be named; "" where there is nothing of the kind."""
        first = self.param.params[0]
        return f"Add all {plural(first.to)}" if isinstance(first, Reference) and not first.many else ""

    def _row(self, columns: Sequence[TableColumn], name: str, number: str, index: int | None, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row as the template shows it; the blank one, of which others are made, has no index."""
        cells = [self._cell(name, number, index, each, row) for each in columns]
        return {"number": number, "error": self.errors.get((index,), "") if index is not None else "", "cells": cells}

    def _cell(self, name: str, number: str, index: int | None, column: TableColumn, row: Mapping[str, Any]) -> dict[str, Any]:
        param = column.param
        if param is None:
            return {"label": column.label, "text": "" if index is None else self._computed(column, row)}
        place = f"{name}-{number}-{param.name}"
        widget = widget_for(param)
        if isinstance(widget, ReferenceInput):
            widget.proposes = False  # the table does, once for all rows
        if isinstance(widget, SecretInput):
            widget.is_required = param.required
            widget.is_set = _is_number(number) and (int(number), param.name) in self.set_secrets
        html = widget.render(place, row.get(param.name, param.initial), {"id": f"id_{place}", "aria-label": column.label})
        error = self.errors.get((index, param.name), "") if index is not None else ""
        return {"label": column.label, "html": html, "error": error, "shown_if": shown_if(param, f"{name}-{number}-")}

    def _computed(self, column: TableColumn, row: Mapping[str, Any]) -> str:
        assert column.computing is not None
        try:
            return column.computing(clean_record(self.param.params, row))
        except ParamError:
            return ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8


def _text(param: Any) -> forms.Widget:
    return UnfoldAdminTextInputWidget(placeholder_of(param.placeholder))


def _typed(kind: str) -> Callable[[Any], forms.Widget]:
    return lambda param: typed_input(kind, placeholder_of(getattr(param, "placeholder", "")))


def _integer(param: Any) -> forms.Widget:
    limits = {"min": param.minimum, "max": param.maximum} if param.maximum < 2**31 - 1 else {}
    return UnfoldAdminIntegerFieldWidget({**placeholder_of(param.placeholder), **limits})


def _choice(param: Any) -> forms.Widget:
    choices = choices_of(param) if param.required or param.default else [("", "-"), *choices_of(param)]
    return UnfoldAdminSelectWidget(choices=choices)


WIDGETS: dict[type[Param], Callable[[Any], forms.Widget]] = {
    Text: _text,
    Number: _text,
    Integer: _integer,
    Boolean: lambda param: UnfoldBooleanSwitchWidget(),
    Choice: _choice,
    MultiChoice: lambda param: UnfoldAdminCheckboxSelectMultipleWidget(choices=choices_of(param)),
    Secret: lambda param: SecretInput(param.placeholder),
    Date: _typed("date"),
    Time: _typed("time"),
    TimeRange: lambda param: TimeRangeInput(),
    Email: _typed("email"),
    PhoneNumber: _typed("tel"),
    IPAddress: _text,
    Sound: SoundInput,
    Reference: lambda param: ReferencesInput(param) if param.many else ReferenceInput(param),
    MultiList: MultiListWidget,
}
