"""Going to another console: a button in this one, and the door of that one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from scopserv_site.visits.closing import closed, is_closed_to
from tenants.access import role_at
from tenants.addresses import console_url
from tenants.models import Tenant
from tenants.schema import current_slug
from tenants.visits.handoff import enter, hand_off, handoff_of
from tenants.visits.places import place_of, places_of, remember

LISTED = 100


def visit_page(site: Any, request: HttpRequest) -> HttpResponse:
    """GET lists the consoles that somebody may enter, those that hold `q`; POST with `to` (a slug, "" for operators') goes to one."""
    user: Any = request.user
    if request.method == "POST":
        slug = request.POST.get("to", "")
        tenant = place_of(user, slug)
        if tenant is None and (slug or not user.is_operator):
            raise Http404
        if tenant is not None:
            remember(user, tenant)
        return send(site, request, tenant)
    search = request.GET.get("q", "").strip()[:100]
    found = places_of(user, search)[: LISTED + 1]
    context = {"title": "Go to another console", "places": found[:LISTED], "more": len(found) > LISTED, "search": search}
    return TemplateResponse(request, "scopserv_site/visits/places.html", {**site.each_context(request), **context})


def send(site: Any, request: HttpRequest, tenant: Tenant | None, **more: Any) -> HttpResponse:
    """A page that leads to the door of a console."""
    # No redirect: browsers are told to refuse a form's answer that leads to another host.
    address = console_url(tenant, request)
    if not address:
        messages.error(request, f"{tenant} has no host name; give it one first.")
        return HttpResponseRedirect(reverse("admin:index"))
    token = hand_off(request, tenant.slug if tenant else "", **more)
    name = tenant.name if tenant else "the operator console"
    return notice(site, request, title=f"Going to {name}", onward=f"{address}enter/?token={token}")


def enter_page(site: Any, request: HttpRequest) -> HttpResponse:
    """The door: with `token` somebody comes in who was logged in at another console; over somebody else's login only by POST."""
    given = request.POST if request.method == "POST" else request.GET
    handoff = handoff_of(given.get("token", ""))
    if is_closed_to(handoff.user if handoff else request.user, request):
        return closed()
    if handoff is None or role_at(handoff.user, current_slug()) is None:
        why = "What led you here was good once and for half a minute. Go back, and choose this console again; or log in."
        return notice(site, request, title="This way in is closed", text=why, login=True, status=403)
    here: Any = request.user
    if request.method != "POST" and here.is_authenticated and here.pk != handoff.user.pk:
        return notice(site, request, title="Go on as somebody else?", here=here, other=handoff.user, token=given["token"])
    if enter(request, handoff) is None:
        return HttpResponseRedirect(reverse("admin:login"))
    answer = HttpResponseRedirect(reverse("admin:index"))
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def notice(site: Any, request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page without the console around it, which is kept nowhere."""
    answer = TemplateResponse(request, "scopserv_site/visits/notice.html", {**site.each_context(request), **context}, status=status)
    add_never_cache_headers(answer)
    return answer
