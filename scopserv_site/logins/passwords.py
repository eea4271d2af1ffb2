"""The pages on which people change a password, or set a new one by a link."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import PasswordChangeView, PasswordResetConfirmView
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse

from scopserv_site.logins.forms import AskForLinkForm, NewPasswordForm, OwnPasswordForm
from tenants.audit.trail import note
from tenants.logins.passwords import ResetTokens, can_mail, people_to_mail, reset_path
from tenants.models import User
from tenants.schema import current_slug

STEP = "scopserv_site/logins/step.html"


class ChangePassword(PasswordChangeView):
    """One's own."""

    form_class = OwnPasswordForm
    template_name = "scopserv_site/logins/password.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        messages.success(self.request, "Your password is changed; all other browsers are logged out.")
        return answer


class NewPassword(PasswordResetConfirmView):
    """By a link."""

    form_class = NewPasswordForm
    template_name = STEP
    title = "A new password"

    def render_to_response(self, context: Any, **kwargs: Any) -> Any:
        return super().render_to_response(context, status=200 if self.validlink else 404, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        messages.success(self.request, "Your new password is set. Log in with it.")
        return answer


def change_password(site: Any, request: HttpRequest) -> HttpResponse:
    """Changes one's own password; whoever was given one is told why."""
    user: Any = request.user
    title = "A password of your own" if user.must_change_password else "Change password"
    context = {**site.each_context(request), "title": title, "given": user.must_change_password}
    view: Any = ChangePassword.as_view(success_url=reverse("admin:account"), extra_context=context)
    answer: HttpResponse = view(request)
    return answer


def new_password(site: Any, request: HttpRequest, uidb64: str, token: str) -> HttpResponse:
    """Sets a new password, for whoever has a good link."""
    context = {**site.each_context(request), "button": "Set password", "dead_end": "This link is used, too old, or not for this console."}
    view: Any = NewPassword.as_view(success_url=reverse("admin:login"), token_generator=ResetTokens(), extra_context=context)
    answer: HttpResponse = view(request, uidb64=uidb64, token=token)
    return answer


def ask_for_link(site: Any, request: HttpRequest) -> HttpResponse:
    """Mails a link to whom an e-mail belongs. The answer is the same for all e-mails."""
    context = {**site.each_context(request), "title": "A new password", "button": "Send a link"}
    form = AskForLinkForm(request.POST or None)
    if not can_mail():
        context["text"] = "This console sends no e-mail. Ask your administrator for a link with which you can set a new password."
    elif form.is_valid():
        for person in people_to_mail(form.cleaned_data["email"]):
            _mail(request, person)
        context["text"] = "If this is the e-mail of somebody who may log in here, a link is on its way to it. It is good for a day."
    else:
        context |= {"form": form, "text": "We send you a link with which you can set one."}
    return TemplateResponse(request, STEP, context)


def _mail(request: HttpRequest, person: User) -> None:
    tenant = getattr(request, "tenant", None)
    console = " ".join(tenant.name.split()) if tenant else "the operators' console"
    link = request.build_absolute_uri(reset_path(person, current_slug()))
    text = render_to_string("scopserv_site/logins/new_password.txt", {"person": person, "console": console, "link": link})
    send_mail(f"A new password for {console}", text, None, [person.email], fail_silently=True)
    note("link mailed", kind="login", actor=person.username, key=person.username)
