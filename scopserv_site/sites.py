"""The two consoles, and which model stands on which: a page that is not named here does not exist."""

from functools import partial
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.urls import path
from unfold.sites import UnfoldAdminSite

from addons.discovery.registry import registry
from addons.pages.admin import record_admin
from addons.pages.extras import with_extras
from addons.stored.generated import record_model
from dialplan import admin as dialplan_admin
from dialplan import sections_admin
from dialplan.deploy.admin import NodeAdmin
from dialplan.deploy.models import Node
from dialplan.models import AstDBEntry, Context, Extension, IncomingLine, OutgoingLine, Phone, Revision
from dialplan.sounds.admin import SoundAdmin
from dialplan.sounds.models import Sound
from dialplan.trunks.admin import TrunkAdmin
from dialplan.trunks.models import Trunk
from scopserv_site import dashboards, status
from scopserv_site.addons_page import addons_page
from scopserv_site.allowed import where_allowed
from scopserv_site.audit_page import AuditPage
from scopserv_site.life.archive_page import ArchiveAdmin
from scopserv_site.logins.entering import password_step
from scopserv_site.logins.passwords import change_password
from scopserv_site.logins.urls import login_urls
from scopserv_site.pages import TenantAdmin, UserAdmin
from scopserv_site.records.addons import addon_resource
from scopserv_site.records.sections import LINES_IN, LINES_OUT, PHONES
from scopserv_site.tables.pages import with_tables
from scopserv_site.tokens_page import tokens_page
from scopserv_site.visits.switcher import elsewhere
from scopserv_site.visits.urls import look_url, visit_urls
from scopserv_site.written_by import written_by
from tenants.access import role_at
from tenants.audit.models import AuditEntry
from tenants.life.models import Archive
from tenants.models import Tenant, User
from tenants.schema import current_slug
from tenants.staff.accepting import accept_view
from tenants.staff.admin import PersonAdmin, RoleAdmin
from tenants.staff.models import Person, Role


class Console(UnfoldAdminSite):
    """A console: whoever holds a role at the open tenant, or is an operator, may enter."""

    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return not isinstance(user, AnonymousUser) and role_at(user, current_slug()) is not None

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        context["colors"] = None  # they are in colors.css
        if self.has_permission(request):
            context["deploy_status"] = status.status_context()
            context["elsewhere"] = partial(elsewhere, request)
        return context

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        return password_step(self, request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return change_password(self, request)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        try:
            return super().search(request, extra_context)
        except InvalidPage:
            raise Http404 from None

    def extra_urls(self) -> list[Any]:
        return [
            path("deploy-status/", self.admin_view(status.status_view), name="deploy_status"),
            path("addons/", self.admin_view(partial(addons_page, self)), name="addons"),
            path("tokens/", self.admin_view(partial(tokens_page, self)), name="tokens"),
            *login_urls(self),
            *visit_urls(self),
        ]


class OperatorConsole(Console):
    """Operators' console on the main host: tenants, nodes, trunks, server-wide addons."""

    def extra_urls(self) -> list[Any]:
        return [*super().extra_urls(), look_url(self)]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().index(request, {**(extra_context or {}), **dashboards.operator_dashboard()})


class TenantConsole(Console):
    """A tenant's own console, at its own host."""

    def extra_urls(self) -> list[Any]:
        return [
            *super().extra_urls(),
            path("written-by/", self.admin_view(written_by), name="written_by"),
            path("invitation/<str:text>/", accept_view(self), name="invitation"),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().index(request, {**(extra_context or {}), **dashboards.tenant_dashboard(self, request)})


operator_console = OperatorConsole(name="operator")
tenant_console = TenantConsole(name="tenant")

OPERATORS: dict[Any, Any] = {
    Tenant: TenantAdmin,
    Archive: ArchiveAdmin,
    User: UserAdmin,
    Node: NodeAdmin,
    Trunk: TrunkAdmin,
    AuditEntry: AuditPage,
}
TENANTS: dict[Any, Any] = {
    Phone: with_tables(with_extras(sections_admin.PhoneAdmin), PHONES),
    IncomingLine: with_tables(with_extras(sections_admin.IncomingLineAdmin), LINES_IN),
    OutgoingLine: with_tables(with_extras(sections_admin.OutgoingLineAdmin), LINES_OUT),
    Context: dialplan_admin.ContextAdmin,
    Extension: dialplan_admin.ExtensionAdmin,
    AstDBEntry: dialplan_admin.AstDBEntryAdmin,
    Sound: SoundAdmin,
    Revision: dialplan_admin.RevisionAdmin,
    AuditEntry: AuditPage,
    Person: PersonAdmin,
    Role: RoleAdmin,
}


def register_all() -> None:
    """Puts every model on its console; called once, when all apps are ready."""
    for model, admin in OPERATORS.items():
        operator_console.register(model, admin)
    for model, admin in TENANTS.items():
        tenant_console.register(model, admin)
    for addon in registry.addons:
        console = operator_console if addon.info.scope == "server" else tenant_console
        if addon.params:
            admin = record_admin(addon)
            whole = with_tables(admin, addon_resource(addon)) if addon.is_list else admin
            console.register(record_model(addon), where_allowed(whole, addon.name) if console is tenant_console else whole)
