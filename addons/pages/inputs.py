"""Inputs of the kinds of param for which the theme has none: references, secrets, ranges of times; and when a param is there."""

import json
from typing import Any, NamedTuple

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminPasswordToggleWidget, UnfoldAdminTextInputWidget

from addons.declarations.declare import Words, is_given
from addons.declarations.links import Reference
from addons.declarations.param import Param
from addons.declarations.sound import OWN, Sound
from addons.stored.lookup import needs
from dialplan.build.sounds import is_sound_name
from tenants.schema import current_slug


class ShownIf(NamedTuple):
    """When a field is there, as the browser is told: the name of another field, and a JSON list of the values that it must have."""

    name: str
    values: str


def shown_if(param: Param, prefix: str) -> ShownIf | None:
    """When a param is there, in a form where `prefix` stands before the params' names."""
    return ShownIf(prefix + param.condition.param, json.dumps(param.condition.values)) if param.condition else None


def placeholder_of(words: Words) -> dict[str, Any]:
    """The attributes that show a placeholder, if there is one."""
    return {"placeholder": words} if is_given(words) else {}


def typed_input(kind: str, attrs: dict[str, Any] | None = None) -> forms.Widget:
    """A text input of another type: the browser then brings its own picker or keyboard."""
    widget = UnfoldAdminTextInputWidget(attrs)
    widget.input_type = kind
    return widget


class SecretInput(UnfoldAdminPasswordToggleWidget):
    """A secret to be typed; one that is set is never shown, stays when nothing is typed, and can be taken away by a tick."""

    template_name = "addons/secret.html"
    is_set = False

    def __init__(self, placeholder: Words = "") -> None:
        super().__init__({"autocomplete": "new-password", **placeholder_of(placeholder)}, render_value=True)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """The value is what somebody has just typed, or None when they ticked Remove; the stored one never comes here."""
        if self.is_set:
            attrs = {**(attrs or {}), "placeholder": _("Set. Type to replace it.")}
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"remove": f"{name}-remove" if self.is_set and not self.is_required else "", "removed": value is None}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        given = super().value_from_datadict(data, files, name) or ""
        return None if not given and f"{name}-remove" in data else given

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class TimeRangeInput(forms.MultiWidget):
    """From and to, posted as one text."""

    template_name = "addons/timerange.html"

    def __init__(self) -> None:
        super().__init__([typed_input("time", {"aria-label": _("From")}), typed_input("time", {"aria-label": _("To")})])

    def decompress(self, value: Any) -> list[str]:
        return str(value or "-").split("-", 1)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        start, end = (part or "" for part in super().value_from_datadict(data, files, name))
        return f"{start}-{end}" if start or end else ""


class ReferenceInput(UnfoldAdminTextInputWidget):
    """A text input that proposes the records that may be named; the browser filters them as one types."""

    template_name = "addons/reference.html"

    class Media:
        js = ("addons/reference.js",)
        css = {"all": ("addons/multilist.css",)}

    def __init__(self, param: Reference | Sound, proposes: bool = True) -> None:
        self.param = param
        self.proposes = proposes
        super().__init__({"list": f"proposals-{param.to}", "autocomplete": "off", **placeholder_of(param.placeholder)})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["proposals"] = needs(self.param) if self.proposes else ()
        return context


class SoundInput(ReferenceInput):
    """Proposes the tenant's recordings, takes another one as an upload, and plays the one that is set."""

    template_name = "addons/sound.html"
    needs_multipart_form = True

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        text = value if isinstance(value, str) else ""  # a file cannot be shown again
        context = super().get_context(name, text, attrs)
        own = text.removeprefix(OWN) if text.startswith(OWN) and is_sound_name(text.removeprefix(OWN)) and current_slug() else ""
        context["widget"] |= {
            "upload": f"{name}-upload" if current_slug() else "",
            "listen": reverse("admin:sounds_sound_listen", args=[own]) if own else "",
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.get(f"{name}-upload") or super().value_from_datadict(data, files, name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


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
        return Reference.ALL if self.param.everything and values == [Reference.ALL] else values
