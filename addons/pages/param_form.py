"""Forms with fields made from params: they are cleaned together, as the records of files are, and faults go to their fields and rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from addons.declarations.declare import Column, Words, is_given, source
from addons.declarations.errors import ParamError, Path, RecordErrors, show_path
from addons.declarations.links import MultiList
from addons.declarations.param import Param
from addons.declarations.params import Secret
from addons.declarations.records import clean_record, is_shown, with_defaults
from addons.pages.inputs import SecretInput, ShownIf, shown_if
from addons.pages.uploads import Uploads
from addons.pages.widgets import MultiListWidget, widget_for
from addons.stored.known import Known
from dialplan.build.sounds import KIND
from dialplan.committing import RefusableForm


class ParamField(forms.Field):
    """The field of a param; `prefix` is what stands before its name in the form, `heading` what stands above it."""

    def __init__(self, param: Param, prefix: str = "", heading: Words = "", columns: Sequence[Column] = ()) -> None:
        self.param = param
        self.heading = heading
        self.shown_if: ShownIf | None = shown_if(param, prefix)
        widget = widget_for(param)
        if isinstance(widget, MultiListWidget):
            widget.columns = tuple(columns)
        super().__init__(label=param.label, help_text=param.help, required=param.required, initial=param.initial, widget=widget)

    def clean(self, value: Any) -> Any:
        return value  # what is right depends on the other params

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            cleaned = self.param.clean(data)
        except ParamError:
            return True
        return bool(cleaned != (self.param.empty if initial is None else initial))

    def show(self, errors: Mapping[Path, str]) -> list[str]:
        """Marks the cells of a table that are wrong; the messages that stand below it."""
        if isinstance(self.widget, MultiListWidget):
            self.widget.errors |= {path: sentence(message) for path, message in errors.items()}
            return [f"{row_path(path)}: {sentence(message)}" if path else sentence(message) for path, message in sorted(errors.items())]
        return [sentence(message) for message in errors.values()]


@dataclass(frozen=True, slots=True)
class Part:
    """Params that are cleaned together, and what is stored of them."""

    params: Sequence[Param]
    stored: Mapping[str, Any]
    prefix: str = ""
    columns: Mapping[str, Sequence[Column]] = field(default_factory=dict)


class ParamsForm(RefusableForm):
    """A form some of whose fields are made from params."""

    class Media:
        js = ("addons/show_if.js",)
        css = {"all": ("addons/forms.css",)}

    def parts(self) -> Sequence[Part]:
        """The params of the form."""
        return ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.records: dict[str, dict[str, Any]] = {}  # by prefix, what the params were cleaned to
        self.uploads: list[Uploads] = []
        for part in self.parts():
            record = with_defaults(part.params, part.stored)
            for param in part.params:
                name = part.prefix + param.name
                if param.name in part.stored and name in self.fields:
                    tell_secrets(self.fields[name].widget, record[param.name])
                    if is_shown(param, record):
                        self.initial[name] = without_secrets(param, record[param.name])

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for part in self.parts():
            names = [part.prefix + param.name for param in part.params]
            if all(name in self.fields for name in names):
                self._clean_part(part)

    def _clean_part(self, part: Part) -> None:
        given = {param.name: self.cleaned_data[part.prefix + param.name] for param in part.params}
        uploads, known = Uploads(), Known()
        raw = keep_secrets(part.params, uploads.named(part.params, given), part.stored)
        for name in uploads.contents:
            known.add(KIND, name)
        errors: dict[Path, str] = {}
        try:
            record = clean_record(part.params, raw, known)
        except RecordErrors as error:
            record, errors = error.cleaned, error.errors
        errors |= uploads.errors
        self.uploads.append(uploads)
        self.records[part.prefix] = record
        self.cleaned_data |= {part.prefix + name: value for name, value in record.items()}
        self.show_faults(errors, part.prefix)

    def save(self, commit: bool = True) -> Any:
        for uploads in self.uploads:
            uploads.save()
        return super().save(commit)

    def show_faults(self, errors: Mapping[Path, str], prefix: str = "") -> None:
        """Puts each message at its field, in its row, or above the form."""
        by_field: dict[str | None, dict[Path, str]] = {}
        for path, message in errors.items():
            by_field.setdefault(prefix + str(path[0]) if path else None, {})[path[1:]] = message
        for name, found in by_field.items():
            shower = self.fields[name] if name else None
            texts = shower.show(found) if isinstance(shower, ParamField) else [sentence(message) for message in found.values()]
            self.add_error(name, ValidationError(texts))


def param_fields(params: Sequence[Param], prefix: str = "", columns: Mapping[str, Sequence[Column]] | None = None) -> dict[str, ParamField]:
    """The fields of one tab, by their names in the form."""
    heads = headings(params)
    return {
        prefix + param.name: ParamField(param, prefix, heads.get(param.name, ""), (columns or {}).get(param.name, ()))
        for param in in_groups(params)
    }


def in_groups(params: Sequence[Param]) -> list[Param]:
    """The params of one tab in their order in the form: those without a group, then each group, where it is first named."""
    groups = list(dict.fromkeys(source(param.group) for param in params))
    return sorted(params, key=lambda param: 1 + groups.index(source(param.group)) if is_given(param.group) else 0)


def headings(params: Sequence[Param]) -> dict[str, Words]:
    """The headings of one tab, by the name of the param above which each stands."""
    found: dict[str, tuple[str, Words]] = {}
    for param in params:
        if is_given(param.group):
            found.setdefault(source(param.group), (param.name, param.group))
    return dict(found.values())


def keep_secrets(params: Sequence[Param], given: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """What a form gives, with the stored secrets that it leaves empty, as it never showed them; None takes one away."""
    raw = dict(given)
    for param in params:
        before = stored.get(param.name)
        if isinstance(param, Secret):
            raw[param.name] = "" if given[param.name] is None else given[param.name] or param.complete(before or "")
        elif isinstance(param, MultiList) and any(isinstance(each, Secret) for each in param.params):
            rows = before if isinstance(before, list) else []
            raw[param.name] = [keep_secrets(param.params, row, _stored_row(row, rows)) for row in given[param.name]]
    return raw


def _stored_row(row: Any, stored: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    number = getattr(row, "number", len(stored))
    return stored[number] if number < len(stored) else {}


def tell_secrets(widget: forms.Widget, value: Any) -> None:
    """Tells an input, or a table's inputs, which secrets are set."""
    if isinstance(widget, SecretInput):
        widget.is_set = bool(value)
    elif isinstance(widget, MultiListWidget):
        secrets = [each.name for each in widget.param.params if isinstance(each, Secret)]
        widget.set_secrets = {(number, name) for number, row in enumerate(value) for name in secrets if row[name]}


def without_secrets(param: Param, value: Any) -> Any:
    """A complete value as a form may hold it."""
    if isinstance(param, Secret):
        return ""
    if isinstance(param, MultiList):
        return [{each.name: without_secrets(each, row[each.name]) for each in param.params} for row in value]
    return value


def sentence(message: str) -> str:
    """A param's message as it reads below its field."""
    if message.split(" ", 1)[0] in ("is", "has", "holds", "must", "names", "begins"):
        return f"This {message}."
    return message[:1].upper() + message[1:] + ("" if message.endswith((".", "?", "!")) else ".")


def row_path(path: Path) -> str:
    """Where in a table a fault is, counted as people count: "Row 2, phone"."""
    if path and isinstance(path[0], int):
        return f"Row {path[0] + 1}" + (f", {path[1]}" if len(path) > 1 else "")
    return show_path(path)
