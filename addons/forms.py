"""Forms made from params: of an addon's own record, and of what addons add to a system section."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from addons.known import Known
from addons.loading import Addon
from addons.param import Param
from addons.params import Secret
from addons.records import ParamError, Path, RecordErrors, missing_references, show_path
from addons.rules import faults
from addons.widgets import MultiListWidget, widget_for
from dialplan.committing import RefusableForm


class ParamField(forms.Field):
    """A form field that cleans as its param does, so that a form and a file take the same; what it names must exist."""

    def __init__(self, param: Param) -> None:
        self.param = param
        super().__init__(label=param.label, help_text=param.help, required=param.required, initial=param.initial, widget=widget_for(param))

    def clean(self, value: Any) -> Any:
        errors: dict[Path, str] = {}
        try:
            cleaned = self.param.clean(value)
        except RecordErrors as error:
            cleaned, errors = error.cleaned, error.errors
        except ParamError as error:
            raise ValidationError(sentence(str(error))) from None
        missing = missing_references([self.param], {self.param.name: cleaned}, Known())
        if errors := {path[1:]: message for path, message in missing.items()} | errors:
            raise ValidationError(self.show(errors))
        return cleaned

    def show(self, errors: Mapping[Path, str]) -> list[str]:
        """Marks the cells of a table that are wrong; the messages that stand below it."""
        if isinstance(self.widget, MultiListWidget):
            self.widget.errors |= {path: sentence(message) for path, message in errors.items()}
            return [f"{row_path(path)}: {sentence(message)}" for path, message in sorted(errors.items())]
        return [sentence(message) for message in errors.values()]


class RecordForm(RefusableForm):
    """The form of one record of an addon; `addon` and the fields come with the class."""

    addon: Addon

    class Meta:
        fields: Sequence[str] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for param in self.addon.params:
            if param.name in (self.instance.data or {}) and not isinstance(param, Secret):
                self.initial[param.name] = param.complete(self.instance.data[param.name])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        keep_secrets(self.addon.params, cleaned, self.instance.data or {})
        return cleaned

    def check_rules(self) -> None:
        data = {param.name: self.cleaned_data[param.name] for param in self.addon.params}
        found = faults(self.addon, data, exists=lambda to, key: True)  # the fields have looked
        if self.addon.key and type(self.instance).objects.filter(key=str(data[self.addon.key.name])).exclude(pk=self.instance.pk).exists():
            key = self.addon.key.name
            found[(key,)] = f"{data[key]!r} is in use already in {self.addon.info.name}; choose another one"
        for path, message in found.items():
            field = self.fields[str(path[0])]
            text = field.show({path[1:]: message}) if isinstance(field, ParamField) else [sentence(message)]
            self.add_error(str(path[0]), ValidationError(text))
        self.instance.data = data
        self.instance.key = str(data[self.addon.key.name]) if self.addon.key else ""


def keep_secrets(params: Iterable[Param], cleaned: dict[str, Any], stored: Mapping[str, Any]) -> None:
    """A secret that is left empty in a form stays what it was, as it is never shown."""
    for param in params:
        if isinstance(param, Secret) and not cleaned.get(param.name):
            cleaned[param.name] = stored.get(param.name, "")


def record_form(addon: Addon) -> type[RecordForm]:
    """The form class of an addon's records."""
    fields = {param.name: ParamField(param) for param in addon.params}
    return type(f"{addon.name.title()}Form", (RecordForm,), {"addon": addon, **fields})


def sentence(message: str) -> str:
    """A param's message as it reads below its field."""
    if message.split(" ", 1)[0] in ("is", "has", "holds", "must", "names"):
        return f"This {message}."
    return message[:1].upper() + message[1:] + ("" if message.endswith((".", "?")) else ".")


def row_path(path: Path) -> str:
    """Where in a table a fault is, counted as people count: "Row 2, phone"."""
    if path and isinstance(path[0], int):
        return f"Row {path[0] + 1}" + (f", {path[1]}" if len(path) > 1 else "")
    return show_path(path)
