"""How somebody else logs in: for operators all of it, for a tenant's administrators what happens at their console."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from scopserv_site.logins.listing import listed
from tenants.access import role_at
from tenants.audit.trail import note
from tenants.logins.sessions import sessions_of
from tenants.models import Membership, User
from tenants.schema import current_slug


def someone_page(site: Any, request: HttpRequest, number: int) -> HttpResponse:
    """GET shows; POST with `end_all` logs them out."""
    person = person_seen_by(request.user, number)
    sessions = sessions_of(person, current_slug() or None)
    if request.method == "POST" and "end_all" in request.POST:
        note("ended", kind="session", actor=request.user.get_username(), key=person.username, values={"sessions": sessions.delete()[0]})
        messages.success(request, f"{person} is logged out.")
        return HttpResponseRedirect(request.path)
    lines = listed(sessions, request)
    context = {"title": f"How {person} logs in", "person": person, "sessions": lines, "places": any(each.where for each in lines)}
    return TemplateResponse(request, "scopserv_site/logins/someone.html", {**site.each_context(request), **context})


def person_seen_by(actor: Any, number: int) -> User:
    """The person with this number, if administrators of the open console have to do with them. Raises Http404."""
    slug = current_slug()
    people = User.objects.filter(memberships__tenant__schema_name=slug) if slug else User.objects.all()
    person = people.filter(pk=number).first() if role_at(actor, slug) == Membership.Role.ADMINISTRATOR else None
    if person is None:
        raise Http404("There is no such person here.")
    return person
