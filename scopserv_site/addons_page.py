"""The Addons page of both consoles: what is installed, how it is, and switching it on or off after a look at what that changes."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from addons.commits.preview import preview
from addons.commits.switch import retry, switch
from addons.discovery.loading import Addon
from addons.discovery.registry import UnknownAddon, registry
from addons.models import AddonState, StateBase
from addons.server.models import ServerState
from dialplan.models import Extension
from dialplan.origins import title_of, writer_of
from dialplan.refusal import Refused
from tenants.access import is_administrator, may
from tenants.life.limits import limits_of
from tenants.schema import current_slug

SHOWN_LINES = 200  # of a preview


@dataclass(frozen=True, slots=True)
class Row:
    """One addon as the page shows it."""

    addon: Addon
    state: StateBase | None
    url: str
    is_allowed: bool

    @property
    def is_on(self) -> bool:
        return self.state is None or self.state.enabled

    @property
    def error(self) -> str:
        return self.state.fault if self.state and self.state.enabled else ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A line that two addons want."""

    line: str
    writer: str
    winner: str


def addons_page(site: Any, request: HttpRequest) -> HttpResponse:
    """GET lists; POST with `addon` and `action` (enable, disable, retry) first shows what changes, and with `sure` does it."""
    may_switch = is_administrator(request.user)
    if request.method == "POST":
        if not may_switch:
            raise PermissionDenied
        return _act(site, request)
    slug = current_slug()
    scope = "tenant" if slug else "server"
    states = {state.addon: state for state in (AddonState if slug else ServerState).objects.all()}
    here = [addon for addon in registry.addons if addon.info.scope == scope and _may_see(request, addon.name)]
    limits = limits_of(slug)
    rows = [Row(addon, states.get(addon.name), _url(addon), limits.allows(addon.name)) for addon in here]
    broken = registry.broken if not slug else [each for each in registry.broken if each.addon in states and _may_see(request, each.addon)]
    lines = conflicts() if slug and may(request.user, "dialplan.view_extension") else ()
    context = {"rows": rows, "broken": broken, "conflicts": lines, "may": may_switch}
    return _page(site, request, "scopserv_site/addons.html", "Addons", context)


def conflicts() -> list[Conflict]:
    """Lines of one addon that another addon replaced, in the open tenant."""
    lines = Extension.objects.filter(origin__startswith="addon:", replaced_by__startswith="addon:")[:200]
    return [Conflict(str(line), writer_of(line.origin, line.source), title_of(line.replaced_by)) for line in lines]


def _act(site: Any, request: HttpRequest) -> HttpResponse:
    name, action = request.POST.get("addon", ""), request.POST.get("action", "")
    back = HttpResponseRedirect(reverse("admin:addons"))
    try:
        addon = registry.get(name)
        if action not in ("enable", "disable", "retry"):
            raise ValueError(f"{action!r} is nothing that can be done with an addon; use the buttons.")
        slug = current_slug()
        if slug and addon.info.scope == "server":
            raise ValueError(f"{addon.info.name} belongs to your operator.")
        if not limits_of(slug).allows(name):
            raise ValueError(f"{addon.info.name} is not in your plan; ask your operator for it.")
        if action == "retry":
            retry(name, slug, actor=request.user.get_username())
            messages.success(request, f"{addon.info.name} works again.")
        elif "sure" in request.POST or not slug:
            _switch(name, action, slug, request)
            messages.success(request, f"{addon.info.name} is {action}d.")
        else:
            lines = preview(slug, lambda: _switch(name, action, slug, request)).splitlines()
            context = {"addon": addon, "action": action, "lines": lines[:SHOWN_LINES], "more": max(0, len(lines) - SHOWN_LINES)}
            return _page(site, request, "scopserv_site/addon_switch.html", f"{action.title()} {addon.info.name}", context)
    except (UnknownAddon, ValueError, Refused) as error:
        messages.error(request, str(error))
    return back


def _switch(name: str, action: str, slug: str, request: HttpRequest) -> None:
    switch(name, enabled=action == "enable", slugs=[slug] if slug else None, actor=request.user.get_username())


def _page(site: Any, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(request, template, {**site.each_context(request), "title": title, **context})


def _may_see(request: HttpRequest, name: str) -> bool:
    return may(request.user, f"{name}.view_record")


def _url(addon: Addon) -> str:
    return reverse(f"admin:{addon.name}_record_changelist") if addon.params else ""
