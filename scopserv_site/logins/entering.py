"""Logging in: a name and a password, and then a code from those who have a second factor."""

from typing import Any

from django import forms
from django.contrib.auth import login
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from scopserv_site.logins.forms import Dressed, LoginForm
from tenants.access import role_at
from tenants.audit.trail import note
from tenants.logins.lockout import count_failure, locked_until, wait
from tenants.logins.second_factor import DIGITS, TooSoon, authenticator_of, mark, verify
from tenants.models import User
from tenants.schema import current_slug

ENTERING = "entering"  # the session's key for who gave a password, and has yet to give a code
CODE_WITHIN = 600  # seconds


class PasswordStep(LoginView):
    """The first step, and the only one without a second factor."""

    authentication_form = LoginForm

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if authenticator_of(user) is None:
            return super().form_valid(form)
        until = timezone.now().timestamp() + CODE_WITHIN
        self.request.session[ENTERING] = {"user": user.pk, "hash": user.get_session_auth_hash(), "until": until}
        query = self.request.GET.urlencode(safe="/")
        return HttpResponseRedirect(reverse("admin:login_code") + (f"?{query}" if query else ""))


class CodeForm(Dressed):
    """A code, or a recovery code."""

    code = forms.CharField(
        max_length=40,
        help_text="If you do not have the telephone with you, one of your recovery codes.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True, "autocapitalize": "none"}),
    )

    def __init__(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_code(self) -> str:
        check_code(self.request, self.request.entering, self.cleaned_data["code"])
        return str(self.cleaned_data["code"])


class CodeStep(LoginView):
    """The second step."""

    authentication_form: Any = CodeForm
    template_name = "scopserv_site/logins/step.html"

    def form_valid(self, form: Any) -> HttpResponse:
        person: User = self.request.entering  # type: ignore[attr-defined]
        del self.request.session[ENTERING]
        login(self.request, person)
        authenticator = authenticator_of(person)
        if authenticator is not None:
            mark(self.request, authenticator)
            if len(form.cleaned_data["code"].strip()) > DIGITS + 1:
                left = {"left": len(authenticator.digests)}
                note("recovery code used", kind="second factor", actor=person.username, key=person.username, values=left)
        return HttpResponseRedirect(self.get_success_url())


def password_step(site: Any, request: HttpRequest) -> HttpResponse:
    """The console's login page."""
    context = {**site.each_context(request), "title": "Log in", "subtitle": None, "app_path": request.get_full_path()}
    view: Any = PasswordStep.as_view(template_name="admin/login.html", extra_context=context, next_page=reverse("admin:index"))
    answer: HttpResponse = view(request)
    return answer


def code_step(site: Any, request: Any) -> HttpResponse:
    """The page that asks for a code; who gave no password just now has to begin there."""
    request.entering = _entering(request)
    if request.entering is None:
        return HttpResponseRedirect(reverse("admin:login"))
    context = {**site.each_context(request), "title": "A code from your telephone", "button": "Log in"}
    view: Any = CodeStep.as_view(extra_context=context, next_page=reverse("admin:index"))
    answer: HttpResponse = view(request)
    return answer


def check_code(request: HttpRequest, person: User, code: str) -> None:
    """Takes somebody's code. Raises forms.ValidationError for a wrong one, which counts as a wrong password does."""
    if until := locked_until(request, person.username):
        raise forms.ValidationError(wait(until), code="locked")
    try:
        right = verify(person, code)
    except TooSoon as soon:
        seconds = max(1, round((soon.until - timezone.now()).total_seconds()))
        raise forms.ValidationError(f"After a wrong code, wait {seconds} seconds before the next one.", code="soon") from None
    if not right:
        count_failure(request, person.username)
        until = locked_until(request, person.username)
        raise forms.ValidationError(
            wait(until) if until else "This code is wrong, or was used already. Wait for the next one.", code="wrong"
        )


def _entering(request: HttpRequest) -> User | None:
    who = request.session.get(ENTERING) or {}
    if who.get("until", 0) < timezone.now().timestamp():
        return None
    person = User.objects.filter(pk=who["user"], is_active=True).first()
    same_password = person is not None and constant_time_compare(person.get_session_auth_hash(), who["hash"])
    return person if same_password and role_at(person, current_slug()) is not None else None
