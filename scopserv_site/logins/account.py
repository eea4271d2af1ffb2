"""My account: how one logs in, and where one is logged in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from scopserv_site.logins.listing import listed, with_handle
from tenants.audit.trail import note
from tenants.logins.sessions import end_sessions, sessions_of


def account_page(site: Any, request: HttpRequest) -> HttpResponse:
    """GET shows; POST with `end` ends one session of one's own, with `end_all` every one."""
    if request.method == "POST":
        return _end(request)
    sessions = listed(sessions_of(_user(request)), request)
    context = {**site.each_context(request), "title": "My account", "sessions": sessions, "places": any(each.where for each in sessions)}
    return TemplateResponse(request, "scopserv_site/logins/account.html", context)


def _end(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    if "end_all" in request.POST:
        note("ended", kind="session", actor=user.username, key=user.username, values={"sessions": end_sessions(user)})
        logout(request)
        return HttpResponseRedirect(reverse("admin:login"))
    session = with_handle(sessions_of(user), request.POST.get("end", ""))
    if session is None:
        messages.error(request, "That session is over already.")
    else:
        session.delete()
        note("ended", kind="session", actor=user.username, key=user.username, values={"sessions": 1})
        messages.success(request, "That browser is logged out.")
    return HttpResponseRedirect(reverse("admin:account"))


def _user(request: HttpRequest) -> Any:
    return request.user
