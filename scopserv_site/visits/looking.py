"""Looking at a tenant's console as its staff see it: the page on which it begins, and what makes it harmless and visible."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse

from scopserv_site.visits.going import notice, send
from tenants.access import HOME, stand_as
from tenants.addresses import console_url
from tenants.logins.second_factor import authenticator_of, is_required
from tenants.models import Tenant, User
from tenants.numbered import numbered
from tenants.schema import TenantMissing, current_slug, find_tenant
from tenants.visits.looking import KEY, Looking, Way, looking_as, looking_of, people_of, roles_of

READING = frozenset({"GET", "HEAD", "OPTIONS"})
ENDING = frozenset({"stop_looking", "logout"})  # the pages to which one who looks may post
BODY = re.compile(r"""<body(?:[^>"']|"[^"]*"|'[^']*')*>""")


def look_page(site: Any, request: HttpRequest) -> HttpResponse:
    """GET with `tenant` (a slug) or `person` (an id) shows as whom one may look; POST with `tenant` and `who` goes there."""
    given = request.POST if request.method == "POST" else request.GET
    if "person" in given:
        return _look(site, request, _ways_of_person(given["person"]))
    try:
        tenant = find_tenant(given.get("tenant", "").replace("\0", ""))
    except TenantMissing:
        raise Http404 from None
    if request.method != "POST":
        return _look(site, request, [(tenant, "As somebody", list(people_of(tenant))), (tenant, "In a role", roles_of(tenant))])
    if is_required(request.user, tenant) and authenticator_of(request.user) is None:
        messages.error(request, f"{tenant} asks for a second factor, and you have none yet. Set one up, then look.")
        return HttpResponseRedirect(reverse("admin:account"))
    looking = looking_as(tenant, given.get("who", ""))
    if looking is None:
        messages.error(request, f"There is no such person or role at {tenant} any more.")
        return HttpResponseRedirect(f"{reverse('admin:look')}?tenant={tenant.slug}")
    return send(site, request, tenant, **{KEY: looking.data()})


def stop_page(site: Any, request: HttpRequest) -> HttpResponse:
    """POST ends the look, and leads back to operators' console."""
    if request.method != "POST" or looking_of(request) is None:
        return HttpResponseRedirect(reverse("admin:index"))
    logout(request)
    return notice(site, request, title="Going to the operator console", onward=console_url(None, request))


class LookingMiddleware:
    """Makes an operator who looks what they look as, keeps their hands off, and says so on every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        looking = looking_of(request)
        if looking is None or not request.user.is_authenticated:
            return self.get_response(request)
        user: Any = request.user
        slug = current_slug()
        standing = looking.standing(slug) if user.is_operator and request.session.get(HOME) == slug else None
        if standing is None:
            logout(request)
            return HttpResponseRedirect(console_url(None, request))
        stand_as(user, slug, standing)
        return _marked(request, looking, self.get_response(request))

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        looking = looking_of(request)
        match = request.resolver_match
        if looking is None or request.method in READING or (match and match.url_name in ENDING):
            return None
        return HttpResponse(render_to_string("scopserv_site/visits/untouched.html", {"looking": looking}, request), status=403)


def _look(site: Any, request: HttpRequest, groups: list[tuple[Tenant, str, list[Way]]]) -> HttpResponse:
    context = {**site.each_context(request), "title": "Look at a console as its staff see it", "groups": groups}
    return TemplateResponse(request, "scopserv_site/visits/look.html", context)


def _ways_of_person(number: str) -> list[tuple[Tenant, str, list[Way]]]:
    person = get_object_or_404(numbered(User.objects.all(), number))
    tenants = Tenant.objects.filter(memberships__user=person).order_by("name")
    return [(tenant, f"At {tenant.name}", [way for way in people_of(tenant) if way.who == f"person:{person.pk}"]) for tenant in tenants]


def _marked(request: HttpRequest, looking: Looking, response: HttpResponse) -> HttpResponse:
    """Puts the banner on whatever page this is, so that no template can forget it."""
    if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
        return response
    page = response.content.decode(response.charset)
    body = BODY.search(page)
    if body and request.user.is_authenticated:
        banner = render_to_string("scopserv_site/visits/banner.html", {"looking": looking}, request)
        response.content = page[: body.end()] + banner + page[body.end() :]
        if "Content-Length" in response:
            response["Content-Length"] = str(len(response.content))
    return response
