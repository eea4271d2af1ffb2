"""The page on which one sets up a second factor, renews its recovery codes, or switches it off."""

import base64
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from unfold.widgets import INPUT_CLASSES

from scopserv_site.logins.entering import check_code
from tenants.audit.trail import note
from tenants.logins.lockout import count_failure, locked_until, wait
from tenants.logins.models import Authenticator
from tenants.logins.second_factor import DIGITS, TooSoon, address, confirm, is_required, mark, prepare, remove, renew_codes

PAGE = "scopserv_site/logins/second_factor.html"
CODE = {"autocomplete": "one-time-code", "autocapitalize": "none", "class": " ".join(INPUT_CLASSES)}


class ConfirmForm(forms.Form):
    """The first code."""

    code = forms.CharField(
        label="The code that the app shows", max_length=DIGITS + 1, widget=forms.TextInput({**CODE, "inputmode": "numeric"})
    )


class ProofForm(forms.Form):
    """Who changes the second factor has to prove who they are with all they have."""

    password = forms.CharField(
        max_length=4096, widget=forms.PasswordInput({"autocomplete": "current-password", "class": " ".join(INPUT_CLASSES)})
    )
    code = forms.CharField(max_length=40, help_text="From your telephone, or a recovery code.", widget=forms.TextInput(CODE))

    def __init__(self, request: Any, data: Any = None) -> None:
        super().__init__(data)
        self.request = request

    def clean(self) -> Any:
        user = self.request.user
        if {"password", "code"} <= self.cleaned_data.keys():
            if until := locked_until(self.request, user.username):
                raise forms.ValidationError(wait(until))
            if not user.check_password(self.cleaned_data["password"]):
                count_failure(self.request, user.username)
                raise forms.ValidationError("The password is wrong.")
            check_code(self.request, user, self.cleaned_data["code"])
        return self.cleaned_data


def second_factor_page(site: Any, request: Any) -> HttpResponse:
    """GET shows; POST with `confirm` sets up, with `renew` gives new recovery codes, with `remove` switches off."""
    authenticator: Authenticator | None = request.authenticator
    return _change(site, request) if authenticator else _set_up(site, request)


def _set_up(site: Any, request: Any) -> HttpResponse:
    user = request.user
    form = ConfirmForm(request.POST if "confirm" in request.POST else None)
    if form.is_valid():
        try:
            codes = confirm(user, form.cleaned_data["code"], request.session.session_key)
        except TooSoon:
            codes = None
        if codes is not None:
            request.authenticator = Authenticator.objects.get(user=user)
            mark(request, request.authenticator)
            note("set up", kind="second factor", key=user.username)
            return _shown(site, request, codes)
        form.add_error("code", "This code is wrong. Type the one that the app shows now.")
    prepared = prepare(user)
    context = site.each_context(request)
    picture = segno.make(address(prepared, str(context["site_title"])), error="m").svg_inline(scale=4, border=3, light="#fff")
    key = " ".join(prepared.key[start : start + 4] for start in range(0, len(prepared.key), 4))
    must = is_required(user, request.tenant)
    title = "Set up a second factor"
    more = {"title": title, "form": form, "picture": mark_safe(picture), "key": key, "must": must}  # noqa: S308  (segno's own text)
    return TemplateResponse(request, PAGE, {**context, **more})


def _change(site: Any, request: Any) -> HttpResponse:
    user = request.user
    must = is_required(user, request.tenant)
    form = ProofForm(request, request.POST if {"renew", "remove"} & request.POST.keys() else None)
    if form.is_valid():
        if "renew" in request.POST:
            note("codes renewed", kind="second factor", key=user.username)
            return _shown(site, request, renew_codes(user))
        if not must:
            remove(user)
            note("switched off", kind="second factor", key=user.username)
            messages.success(request, "Your second factor is switched off.")
        return HttpResponseRedirect(reverse("admin:account"))
    context = {"title": "Second factor", "form": form, "must": must, "left": len(request.authenticator.digests)}
    return TemplateResponse(request, PAGE, {**site.each_context(request), **context})


def _shown(site: Any, request: HttpRequest, codes: list[str]) -> HttpResponse:
    """The only time that recovery codes are shown."""
    host = request.get_host()
    text = f"Recovery codes of {request.user.get_username()} at {host}. Each works once.\n\n" + "\n".join(codes) + "\n"
    context = {"title": "Recovery codes", "codes": codes, "file": base64.b64encode(text.encode()).decode()}
    return TemplateResponse(request, PAGE, {**site.each_context(request), **context})
