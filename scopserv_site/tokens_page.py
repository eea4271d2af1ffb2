"""The page of both consoles on which people make and revoke the tokens of their programs."""

from datetime import timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from tenants.numbered import numbered
from tenants.tokens import make_token, tokens_seen_by

DAYS = [("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "Until it is revoked")]


class TokenForm(forms.Form):
    """What a new token is for, and how long it is good."""

    name = forms.CharField(max_length=80, help_text="What uses it, for example 'billing'.", widget=UnfoldAdminTextInputWidget)
    days = forms.ChoiceField(label="Good for", choices=DAYS, required=False, initial="365", widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.layout = Layout("name", "days")
        self.helper.add_input(Submit("make", "Make a token", css_class="loud"))


def tokens_page(site: Any, request: HttpRequest) -> HttpResponse:
    """GET lists; POST with `revoke` takes one away, with `name` and `days` makes one and shows its text, this once."""
    user: Any = request.user
    if request.method == "POST" and "revoke" in request.POST:
        if _revoke(user, request.POST["revoke"]):
            messages.success(request, "The token is revoked.")
        else:
            messages.error(request, "There is no such token.")
        return HttpResponseRedirect(reverse("admin:tokens"))
    form = TokenForm(request.POST if request.method == "POST" else None)
    text = ""
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        expires = timezone.now() + timedelta(days=int(days)) if days else None
        _, text = make_token(user, getattr(request, "tenant", None), form.cleaned_data["name"], expires)
        form = TokenForm()
    context = {"form": form, "text": text, "tokens": tokens_seen_by(user), "now": timezone.now(), "api": f"api-{site.name}"}
    return TemplateResponse(
        request, "scopserv_site/tokens.html", {**site.each_context(request), "title": "API tokens", "own_name": user.username, **context}
    )


def _revoke(user: Any, number: str) -> bool:
    return bool(numbered(tokens_seen_by(user), number).delete()[0])
