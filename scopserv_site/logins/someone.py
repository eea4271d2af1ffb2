"""How somebody else logs in: for operators all of it, for a tenant's administrators what happens at their console."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from scopserv_site.logins.listing import listed
from tenants.access import is_administrator
from tenants.addresses import console_url
from tenants.audit.trail import note
from tenants.logins.lockout import failures_of, unlock
from tenants.logins.passwords import is_only_of, reset_path
from tenants.logins.second_factor import authenticator_of, reset
from tenants.logins.sessions import sessions_of
from tenants.models import Membership, User
from tenants.schema import current_slug


def someone_page(site: Any, request: HttpRequest, number: int) -> HttpResponse:
    """GET shows; POST with `link` makes a link for a new password, with `unlock` forgets failed logins, with `end_all` logs them out,
    with `reset` and `sure` takes their second factor away.
    """
    person = person_seen_by(request.user, number)
    slug = current_slug()
    acts = Acts(request, person, slug)
    if request.method == "POST":
        done = acts.do()
        if done:
            messages.info(request, done)
            return HttpResponseRedirect(request.path)
    lines = listed(sessions_of(person, slug or None), request)
    context = {
        "title": f"How {person} logs in",
        "person": person,
        "sessions": lines,
        "places": any(each.where for each in lines),
        "acts": acts,
        "failures": failures_of(person),
        "authenticator": authenticator_of(person),
    }
    return TemplateResponse(request, "scopserv_site/logins/someone.html", {**site.each_context(request), **context})


class Acts:
    """What the person who looks may do about the login of the other one."""

    def __init__(self, request: HttpRequest, person: User, slug: str) -> None:
        self.request, self.person, self.slug = request, person, slug
        self.is_operators = not slug
        self.may_make_link = person.is_active and (self.is_operators or is_only_of(person, slug))
        self.link = ""

    def do(self) -> str:
        """Does what the request asks for, and says so; empty when there is nothing to be done, or the page itself shows it."""
        asked = self.request.POST
        if "end_all" in asked:
            self._note("ended", kind="session", sessions=sessions_of(self.person, self.slug or None).delete()[0])
            return f"{self.person} is logged out."
        if "unlock" in asked and self.is_operators:
            unlock(self.person)
            self._note("unlocked")
            return f"{self.person} may try again at once."
        if "reset" in asked and "sure" in asked and self.is_operators and reset(self.person):
            self._note("reset", kind="second factor")
            return f"{self.person} logs in without a second factor, until they set one up."
        if "link" in asked and self.may_make_link:
            self.link = self._make_link()
            if not self.link:
                return f"There is no console yet at which {self.person} may log in."
            self._note("link made")
        return ""

    def _note(self, action: str, *, kind: str = "login", **values: Any) -> None:
        actor: Any = self.request.user
        note(action, kind=kind, actor=actor.username, key=self.person.username, values=values)

    def _make_link(self) -> str:
        """Good at this console, or, as operators' console is not for everybody, at one of the person's own; empty if there is none."""
        if self.slug or self.person.is_superuser:
            return self.request.build_absolute_uri(reset_path(self.person, self.slug))
        membership = Membership.objects.filter(user=self.person).select_related("tenant").first()
        address = console_url(membership.tenant, self.request).rstrip("/") if membership else ""
        return f"{address}{reset_path(self.person, membership.tenant.slug)}" if membership and address else ""


def person_seen_by(actor: Any, number: int) -> User:
    """The person with this number, if administrators of the open console have to do with them. Raises Http404."""
    slug = current_slug()
    people = User.objects.filter(memberships__tenant__schema_name=slug) if slug else User.objects.all()
    person = people.filter(pk=number).first() if is_administrator(actor) else None
    if person is None:
        raise Http404("There is no such person here.")
    return person
