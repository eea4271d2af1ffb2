"""The forms with which people log in and choose their passwords, in the theme's clothes."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm, UsernameField
from unfold.forms import AdminOwnPasswordChangeForm, AdminPasswordChangeForm
from unfold.widgets import BASE_INPUT_CLASSES

from tenants.logins.lockout import count_failure, locked_until, wait


class Dressed(forms.Form):
    """A form whose fields look as the login's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = " ".join(BASE_INPUT_CLASSES)


class LoginForm(Dressed, AuthenticationForm):
    """User name and password; too many wrong ones say so, whether the name exists or not."""

    username = UsernameField(max_length=150, widget=forms.TextInput(attrs={"autofocus": True, "autocapitalize": "none"}))

    def get_invalid_login_error(self) -> forms.ValidationError:
        until = locked_until(self.request, self.cleaned_data["username"]) if self.request else None
        return forms.ValidationError(wait(until), code="locked") if until else super().get_invalid_login_error()


class AskForLinkForm(Dressed):
    """To which e-mail a link for a new password shall go."""

    email = forms.EmailField(
        label="Your e-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )


class NewPasswordForm(Dressed, SetPasswordForm):
    """A password of one's own, by a link."""

    def save(self, commit: bool = True) -> Any:
        self.user.must_change_password = False
        return super().save(commit)


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """Another password of one's own; who sits at somebody's browser guesses the old one no oftener than at the login."""

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        if until := locked_until(self.request, self.user.username):
            raise forms.ValidationError(wait(until), code="locked")
        try:
            return str(super().clean_old_password())
        except forms.ValidationError:
            count_failure(self.request, self.user.username)
            raise

    def clean(self) -> Any:
        values = super().clean()
        old = self.cleaned_data.get("old_password")
        if old and old == self.cleaned_data.get("new_password1"):
            self.add_error("new_password1", "That is the password you have; choose another one.")
        return values

    def save(self, commit: bool = True) -> Any:
        self.user.must_change_password = False
        return super().save(commit)


class GivenPasswordForm(AdminPasswordChangeForm):
    """A password that an operator gives somebody, who has to change it."""

    def save(self, commit: bool = True) -> Any:
        self.user.must_change_password = True
        return super().save(commit)
