"""Secrets in operators' forms: typed in, kept where nothing is typed, and never shown again."""

from typing import Any, ClassVar

from django import forms
from unfold.widgets import UnfoldAdminPasswordToggleWidget

from tenants.secret_fields import take_out_lost


class KeptSecretForm(forms.ModelForm):
    """A form with one secret, whose page does not hold it; one that no key opens any more has to be typed in anew."""

    kept_field: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        is_lost = take_out_lost(kwargs.get("instance"), self.kept_field)
        super().__init__(*args, **kwargs)
        field = self.fields.get(self.kept_field)
        if field is None:
            return  # for those who only look
        self.kept = getattr(self.instance, self.kept_field) if self.instance.pk else ""
        said = "unchanged" if self.kept else "no key opens it: type it in anew" if is_lost else ""
        field.widget = UnfoldAdminPasswordToggleWidget(attrs={"placeholder": said} if said else {})
        field.required = is_lost or (field.required and not self.kept)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.kept_field in cleaned:
            cleaned[self.kept_field] = cleaned[self.kept_field] or self.kept
        return cleaned
