"""How each kind of param looks in a form; the only module that knows the theme's widgets."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordToggleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from addons.links import MultiList, Reference
from addons.lookup import needs, plural
from addons.param import Param
from addons.params import Boolean, Choice, Integer, MultiChoice, Number, Secret, Text, Time
from addons.records import Path


def widget_for(param: Param) -> forms.Widget:
    """The widget of a param, by its nearest kind."""
    for kind in type(param).__mro__:
        if make := WIDGETS.get(kind):
            return make(param)
    raise TypeError(f"{param.owner}: no widget shows a {type(param).__name__}")


class ReferenceInput(UnfoldAdminTextInputWidget):
    """A text input that proposes the records that may be named; the browser filters them as one types."""

    template_name = "addons/reference.html"

    class Media:
        js = ("addons/reference.js",)
        css = {"all": ("addons/multilist.css",)}

    def __init__(self, param: Reference, proposes: bool = True) -> None:
        self.param = param
        self.proposes = proposes
        super().__init__({"list": f"proposals-{param.to}", "autocomplete": "off"})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["proposals"] = needs(self.param) if self.proposes else ()
        return context


class ReferencesInput(UnfoldAdminCheckboxSelectMultipleWidget):
    """Ticks for the records that are named; "all" stands for every one, also those to come."""

    def __init__(self, param: Reference) -> None:
        self.param = param
        super().__init__()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        self.choices = needs(self.param)
        return super().get_context(name, [value] if isinstance(value, str) else value, attrs)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        values = super().value_from_datadict(data, files, name) or []
        return Reference.ALL if self.param.everything and Reference.ALL in values else values


class MultiListWidget(forms.Widget):
    """A table of rows that can be added, ordered and removed; each row posts its number under NAME-row, in the order shown."""

    template_name = "addons/multilist.html"

    class Media:
        js = ("addons/reference.js", "addons/multilist.js")
        css = {"all": ("addons/multilist.css",)}

    def __init__(self, param: MultiList) -> None:
        super().__init__()
        self.param = param
        self.errors: dict[Path, str] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> "MultiListWidget":
        copied = super().__deepcopy__(memo)  # which is shallow, so that one person's errors would show in another's form
        copied.errors = {}
        return copied

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, Any]]:
        return [
            {each.name: widget_for(each).value_from_datadict(data, files, f"{name}-{number}-{each.name}") for each in self.param.params}
            for number in data.getlist(f"{name}-row")
            if number.isdigit()
        ]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = value if isinstance(value, list) else []
        context["widget"] |= {
            "heads": [(each.label, each.help) for each in self.param.params],
            "rows": [self._row(name, str(number), row) for number, row in enumerate(rows)],
            "blank": self._row(name, "__row__", {each.name: each.initial for each in self.param.params}),
            "references": {each.to: needs(each) for each in self.param.params if isinstance(each, Reference)},
            "maximum": self.param.maximum,
            "all": self._all(),
        }
        return context

    def _all(self) -> str:
        """What the button is called that adds a row for each record that may be named; "" where there is nothing of the kind."""
        first = self.param.params[0]
        return f"Add all {plural(first.to)}" if isinstance(first, Reference) and not first.many else ""

    def _row(self, name: str, number: str, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "number": number,
            "error": self.errors.get((int(number),), "") if number.isdigit() else "",
            "cells": [self._cell(name, number, each, row) for each in self.param.params],
        }

    def _cell(self, name: str, number: str, param: Param, row: Mapping[str, Any]) -> dict[str, Any]:
        place = f"{name}-{number}-{param.name}"
        widget = ReferenceInput(param, proposes=False) if isinstance(param, Reference) and not param.many else widget_for(param)
        html = widget.render(place, row.get(param.name, param.initial), {"id": f"id_{place}", "aria-label": param.label})
        error = self.errors.get((int(number), param.name), "") if number.isdigit() else ""
        return {"label": param.label, "html": html, "error": error}


def _text(param: Any) -> forms.Widget:
    return UnfoldAdminTextInputWidget({"placeholder": param.placeholder} if param.placeholder else {})


def _time(param: Any) -> forms.Widget:
    widget = UnfoldAdminTextInputWidget()
    widget.input_type = "time"
    return widget


def _integer(param: Any) -> forms.Widget:
    limits = {"min": param.minimum, "max": param.maximum} if param.maximum < 2**31 - 1 else {}
    return UnfoldAdminIntegerFieldWidget({"placeholder": param.placeholder, **limits} if param.placeholder else limits)


def _choice(param: Any) -> forms.Widget:
    choices = list(param.choices) if param.required or param.default else [("", "-"), *param.choices]
    return UnfoldAdminSelectWidget(choices=choices)


WIDGETS: dict[type[Param], Callable[[Any], forms.Widget]] = {
    Text: _text,
    Number: _text,
    Integer: _integer,
    Boolean: lambda param: UnfoldBooleanSwitchWidget(),
    Choice: _choice,
    MultiChoice: lambda param: UnfoldAdminCheckboxSelectMultipleWidget(choices=list(param.choices)),
    Secret: lambda param: UnfoldAdminPasswordToggleWidget({"autocomplete": "new-password"}),
    Time: _time,
    Reference: lambda param: ReferencesInput(param) if param.many else ReferenceInput(param),
    MultiList: MultiListWidget,
}
