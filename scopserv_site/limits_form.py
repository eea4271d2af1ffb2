"""The limits on operators' form of a tenant."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldBooleanSwitchWidget

from addons.discovery.registry import registry

LIMITS = ("Limits", {"fields": ["used_phones", "phone_limit", "call_limit", "all_addons", "addons_allowed"]})


def addon_choices() -> list[tuple[str, str]]:
    """The addons that each tenant has for itself."""
    return [(addon.name, str(addon.info.name)) for addon in registry.addons if addon.info.scope == "tenant"]


class LimitsForm(forms.ModelForm):
    """How much a tenant may use of what there is."""

    all_addons = forms.BooleanField(
        required=False, widget=UnfoldBooleanSwitchWidget, help_text="Those that are installed later, too; else the ones that are ticked."
    )
    addons_allowed = forms.MultipleChoiceField(
        choices=addon_choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="One that is taken away leaves Asterisk at once; its records stay, and come back with it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = self.instance.addons_allowed
        self.initial["all_addons"] = allowed is None
        self.initial["addons_allowed"] = [name for name, _ in addon_choices()] if allowed is None else allowed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("all_addons"):
            cleaned["addons_allowed"] = None
        elif "addons_allowed" in cleaned:  # there is no box for those that are not loaded now
            cleaned["addons_allowed"] += [name for name in self.instance.addons_allowed or () if name not in registry]
        return cleaned
