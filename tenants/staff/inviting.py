"""The page on which people are invited: the form, the link that it makes, and the invitations that wait for an answer."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from tenants.addresses import console_url
from tenants.logins.passwords import can_mail
from tenants.models import Tenant
from tenants.numbered import numbered
from tenants.staff.invitations import GOOD_FOR, NotInvited, invite, open_invitations, renew
from tenants.staff.mail import send_link
from tenants.staff.models import Invitation
from tenants.staff.roles import RoleField


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label="E-mail", widget=UnfoldAdminEmailInputWidget)
    name = forms.CharField(
        max_length=150, required=False, help_text="Empty if they may write it themselves.", widget=UnfoldAdminTextInputWidget
    )
    given = RoleField(initial="editor")

    def __init__(self, tenant: Tenant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["given"].offer(tenant)  # type: ignore[attr-defined]
        self.helper = FormHelper(self)
        self.helper.layout = Layout("email", "name", "given")
        self.helper.add_input(Submit("invite", "Invite", css_class="loud"))

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name.isprintable():
            raise forms.ValidationError("The name holds invisible characters; take them out.")
        return name


def invite_page(site: Any, request: HttpRequest, tenant: Tenant, here: str) -> HttpResponse:
    """GET shows; POST with `email` invites, with `renew` makes a new link, with `revoke` asks first, and with `sure` revokes.

    `here` is the page's own address, to come back to.
    """
    asked = open_invitations(tenant)
    form = InviteForm(tenant)
    context: dict[str, Any] = {}
    user: Any = request.user
    if request.method == "POST" and "revoke" in request.POST:
        return _revoke(site, request, numbered(asked, request.POST["revoke"]).first(), here)
    if request.method == "POST" and "renew" in request.POST:
        invitation = numbered(asked, request.POST["renew"]).first()
        if invitation is None:
            messages.error(request, "There is no such invitation any more.")
            return HttpResponseRedirect(here)
        try:
            context = _made(request, tenant, invitation, renew(invitation, user))
        except NotInvited as error:
            messages.error(request, str(error))
    elif request.method == "POST":
        form = InviteForm(tenant, request.POST)
        if form.is_valid():
            values = form.cleaned_data
            try:
                invitation, text = invite(tenant, values["email"], values["name"], values["given"], user)
            except NotInvited as error:
                form.add_error("email", str(error))
            else:
                context = _made(request, tenant, invitation, text)
                form = InviteForm(tenant)
    context |= {"form": form, "invitations": asked.all(), "here": here, "days": GOOD_FOR.days, "sends": can_mail()}
    return _page(site, request, "staff/invite.html", f"Invite somebody to {tenant.name}", context)


def _made(request: HttpRequest, tenant: Tenant, invitation: Invitation, text: str) -> dict[str, Any]:
    link = invitation_link(request, tenant, text)
    return {"made": invitation, "link": link, "sent": can_mail() and send_link(invitation, link)}


def _revoke(site: Any, request: HttpRequest, invitation: Invitation | None, here: str) -> HttpResponse:
    if invitation is not None and "sure" not in request.POST:
        return _page(site, request, "staff/revoke.html", f"Revoke the invitation to {invitation}", {"invitation": invitation, "here": here})
    if invitation is not None:
        invitation.delete()
        messages.success(request, f"The invitation to {invitation} is revoked; its link opens nothing.")
    else:
        messages.error(request, "There is no such invitation any more.")
    return HttpResponseRedirect(here)


def invitation_link(request: HttpRequest, tenant: Tenant, text: str) -> str:
    """Where the invited go, at the tenant's own console."""
    console = console_url(tenant, request)
    return f"{console}invitation/{text}/" if console else ""


def _page(site: Any, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(request, template, {**site.each_context(request), "title": title, **context})
