"""The table in which a role is made: a row for each section and addon of a console, a tick for each thing that people may do there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.text import capfirst

from tenants.staff.permissions import ACTIONS, PEOPLE, SEEN_BY, permission, split

SECTIONS, ADDONS, GONE = "Phone system", "Addons", "No longer installed"
RECORD = "record"  # the model of every addon
HINTS = {
    "dialplan.extension": "with the lines that sections and addons write",
    "dialplan.revision": "what was committed, of all sections",
    "audit.auditentry": "who changed what, of all that the role may view",
}


@dataclass(frozen=True, slots=True)
class Row:
    """What can be granted of one section: a permission for each action, None where nobody may do that."""

    group: str
    title: str
    hint: str
    permissions: tuple[str | None, ...]

    @property
    def cells(self) -> list[tuple[str, str | None]]:
        return list(zip(ACTIONS, self.permissions, strict=True))


def rows_of(site: AdminSite, request: HttpRequest) -> list[Row]:
    """The rows of a console, as somebody who may do everything there sees it."""
    found = []
    for model, admin in site._registry.items():
        meta = model._meta
        if meta.app_label not in PEOPLE:
            perms = admin.get_model_perms(request)
            offered = tuple(permission(meta.app_label, each, str(meta.model_name)) if perms[each] else None for each in ACTIONS)
            group = ADDONS if meta.model_name == RECORD else SECTIONS
            found.append(Row(group, capfirst(str(meta.verbose_name_plural)), HINTS.get(meta.label_lower, ""), offered))
    return sorted(found, key=lambda row: row.group == ADDONS)


def gone(rows: Iterable[Row], granted: Iterable[str]) -> list[Row]:
    """Rows for what a role grants of addons that are not there any more, but may come back."""
    known = {name for row in rows for name in row.permissions}
    parts = sorted({(each[0], each[2]) for name in granted if name not in known and (each := split(name))})
    lost = set(granted) - known
    cells = {pair: tuple(name if (name := permission(pair[0], action, pair[1])) in lost else None for action in ACTIONS) for pair in parts}
    return [Row(GONE, app, "", names) for (app, _), names in cells.items()]


def with_views(granted: Iterable[str]) -> list[str]:
    """What is granted, with the looking that changing and deleting bring; in order."""
    found = set(granted)
    for name in tuple(found):
        parts = split(name)
        if parts and parts[1] in SEEN_BY["view"]:
            found.add(permission(parts[0], "view", parts[2]))
    return sorted(found)


class MatrixWidget(forms.CheckboxSelectMultiple):
    """The table."""

    template_name = "staff/matrix.html"
    rows: Sequence[Row] = ()

    class Media:
        js = ("staff/matrix.js",)
        css = {"all": ("staff/matrix.css",)}

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        ticked = set(value or ())
        groups = [
            (
                group,
                [(row, [(action, each, each in ticked) for action, each in zip(ACTIONS, row.permissions, strict=True)]) for row in rows],
            )
            for group, rows in groupby(self.rows, lambda row: row.group)
        ]
        return {"widget": {"name": name, "groups": groups, "actions": ACTIONS, "id": (attrs or {}).get("id", "")}}


class MatrixField(forms.MultipleChoiceField):
    """The permissions that are ticked in the table."""

    widget = MatrixWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def offer(self, rows: Sequence[Row], granted: Iterable[str]) -> None:
        """Shows these rows, and what is granted beside them."""
        self.widget.rows = all_rows = [*rows, *gone(rows, granted)]
        self.choices = [(name, name) for row in all_rows for name in row.permissions if name]

    def clean(self, value: Any) -> list[str]:
        return with_views(super().clean(value))
