"""The page that an invitation's link opens, for people who are not logged in: a new login, or one that they have."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.forms import AuthenticationForm, UserCreationForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from unfold.widgets import BASE_INPUT_CLASSES

from tenants.logins.lockout import locked_until, wait
from tenants.logins.second_factor import authenticator_of
from tenants.models import User
from tenants.staff.invitations import NotInvited, accept, invitation_of
from tenants.staff.models import Invitation


def _dress(form: forms.BaseForm) -> None:
    for field in form.fields.values():
        field.widget.attrs["class"] = " ".join(BASE_INPUT_CLASSES)
        field.widget.attrs.pop("autofocus", None)  # two forms stand on the page


class NewLoginForm(UserCreationForm):
    """A user name and a password for somebody who has none."""

    name = forms.CharField(label="Your name", max_length=150)
    field_order = ("name", "username", "password1", "password2")

    class Meta:
        model = User
        fields = ("username",)
        help_texts = {"username": "What you log in with: letters, digits and @ . + - _"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = "At least 8 characters, not only digits, and nothing that is easy to guess."
        _dress(self)

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name.isprintable():
            raise forms.ValidationError("The name holds invisible characters; take them out.")
        self.instance.first_name, _, self.instance.last_name = name.partition(" ")
        return name


class KnownLoginForm(AuthenticationForm):
    """The login that somebody has, at whatever company."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self)

    def clean(self) -> dict[str, Any]:
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if name and password:
            self.user_cache = authenticate(self.request, username=name, password=password, invited=True)
            if self.user_cache is None:
                until = locked_until(self.request, name) if self.request else None
                raise forms.ValidationError(wait(until)) if until else self.get_invalid_login_error()
        return self.cleaned_data


def accept_view(site: Any) -> Callable[..., HttpResponse]:
    """The page at a console, kept by no cache and with its passwords in no report."""
    shown: Callable[..., HttpResponse] = sensitive_post_parameters()(never_cache(partial(_answer, site)))
    return shown


def _answer(site: Any, request: HttpRequest, text: str) -> HttpResponse:
    """GET shows; POST with `new` makes a login and enters, with `known` takes one that is there, with `leave` logs out first."""
    tenant: Any = request.tenant  # type: ignore[attr-defined]
    invitation = invitation_of(text, tenant)
    if invitation is None:
        return _page(site, request, {"state": "unknown"}, 404)
    if invitation.accepted:
        return _page(site, request, {"state": "used"}, 410)
    if invitation.is_expired:
        return _page(site, request, {"state": "expired", "invitation": invitation}, 410)
    if request.user.is_authenticated:
        if request.method == "POST" and "leave" in request.POST:
            logout(request)
            return HttpResponseRedirect(request.path)
        return _page(site, request, {"state": "somebody", "invitation": invitation})
    return _enter(site, request, invitation)


def _enter(site: Any, request: HttpRequest, invitation: Invitation) -> HttpResponse:
    is_new, is_known = (request.method == "POST" and name in request.POST for name in ("new", "known"))
    login_of_theirs = User(email=invitation.email)
    new = NewLoginForm(request.POST if is_new else None, instance=login_of_theirs, prefix="new", initial={"name": invitation.name})
    known = KnownLoginForm(request, request.POST if is_known else None, prefix="known")
    try:
        if is_new and new.is_valid():
            user = new.save(commit=False)
            accept(invitation, user)
            login(request, user)
            messages.success(request, f"Welcome to {invitation.tenant.name}. From now on log in as {user.username}.")
            return HttpResponseRedirect(reverse("admin:index"))
        if is_known and known.is_valid():
            person = known.get_user()
            accept(invitation, person)
            if authenticator_of(person):
                messages.success(request, f"You belong to {invitation.tenant.name} now: log in.")
                return HttpResponseRedirect(reverse("admin:login"))  # which asks for the code, too
            login(request, person)
            messages.success(request, f"Welcome to {invitation.tenant.name}.")
            return HttpResponseRedirect(reverse("admin:index"))
    except NotInvited as error:
        (new if is_new else known).add_error(None, str(error))
    return _page(site, request, {"state": "open", "invitation": invitation, "new": new, "known": known, "shows_known": is_known})


def _page(site: Any, request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    shown = {**site.each_context(request), "title": "Invitation", **context}
    return TemplateResponse(request, "staff/accept.html", shown, status=status)
