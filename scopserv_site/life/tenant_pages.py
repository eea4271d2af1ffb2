"""What operators do with a whole tenant: buttons on its page, each with a page of its own that says what happens."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from unfold.decorators import action

from dialplan.deploy.status import tenant_status
from dialplan.moving import move
from dialplan.refusal import Refused
from dialplan.renaming import rename
from scopserv_site.life.carrying import carried, opened
from scopserv_site.life.deleting import archive_and_delete, incomplete, tenant_file, what_goes
from scopserv_site.life.left_out import left_out
from scopserv_site.life.literal import still_naming
from scopserv_site.life.questions import ExportForm, MoveForm, RenameForm, RestoreForm, SlugForm, question
from scopserv_site.sitefile.apply import Applied, apply
from scopserv_site.sitefile.faults import BadFile
from scopserv_site.sitefile.reading import parse
from scopserv_site.sitefile.tree import Source
from tenants.audit.trail import note
from tenants.lifecycle import default_domain
from tenants.models import Tenant
from tenants.words import listed

LIST = "admin:tenants_tenant_changelist"


def download(text: str, name: str) -> HttpResponse:
    """A site file as a browser saves it."""
    headers = {"Content-Disposition": content_disposition_header(True, name) or "", "Cache-Control": "no-store"}
    return HttpResponse(text, content_type="application/yaml", headers=headers)


class TenantLife:
    """For the admin of tenants."""

    @action(description="Export", url_path="export", icon="download", permissions=["view"])
    def export_page(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        tenant = self._tenant(request, object_id)
        form = ExportForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            secrets = form.cleaned_data["secrets"]
            note("exported", kind="tenant", actor=request.user.get_username(), key=tenant.slug, slug="", values={"with secrets": secrets})
            return download(tenant_file(tenant.slug, secrets=secrets), f"{tenant.slug}.yaml")
        facts = [
            "The file says all that the tenant is: settings, people, phones, lines, dialplan, addons' records. Its history is not in it.",
            "'Restore from a file', above the list of tenants, or 'manage.py apply' brings it back, on this console or another one.",
            *(f"Not in it: {missing}." for missing in left_out(tenant.slug)),
        ]
        return question(self.admin_site, request, f"Export {tenant.name}", form, facts=facts, back=_page(tenant))

    @action(description="Restore from a file", url_path="restore", icon="upload", permissions=["add"])
    def restore_page(self: Any, request: HttpRequest) -> HttpResponse:
        """A file, then what it would do, then doing it."""
        sure = request.method == "POST" and "carried" in request.POST
        form = RestoreForm(request.POST, request.FILES) if request.method == "POST" and not sure else RestoreForm()
        context: dict[str, Any] = {}
        try:
            if sure:
                name, text, node = opened(request, request.POST["carried"])
                applied = _apply(request, name, text, node, dry_run=False)
                messages.success(request, f"{name} is applied: {applied.plan.count()}.")
                for remark in applied.remarks:
                    messages.info(request, remark)
                return HttpResponseRedirect(reverse(LIST))
            if form.is_bound and form.is_valid():
                file, place = form.cleaned_data["file"], form.cleaned_data["node"]
                name, text, node = file.name, file.read(), place.name if place else None
                applied = _apply(request, name, text, node, dry_run=True)
                plan = [*applied.plan.lines(), *applied.remarks] or ["Nothing: all of it is so already."]
                context = {"plan": plan, "carried": carried(request, name, text, node)}
        except (BadFile, Refused) as error:
            context = {"refusal": f"{error}\nNothing was saved."}
        return question(self.admin_site, request, "Restore from a file", form, **context, back=reverse(LIST))

    @action(description="Move", url_path="move", icon="move_up", permissions=["change"])
    def move_page(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        tenant = self._tenant(request, object_id)
        form = MoveForm(request.POST or None)
        refusal = ""
        if request.method == "POST" and form.is_valid():
            node, force = form.cleaned_data["node"].name, form.cleaned_data["force"]
            try:
                moved = move(tenant.slug, node, actor=request.user.get_username(), force=force)
            except ValueError as error:
                refusal = str(error)
            else:
                messages.success(
                    request, f"{tenant.name} leaves {' and '.join(moved.leaves) or 'no other node'} when it is live on {node}."
                )
                for name, why in moved.unreachable.items():
                    messages.warning(request, f"{name} is not reached, so what calls left there waits: {why}")
                return HttpResponseRedirect(_page(tenant))
        facts = [
            f"It is on {listed(each.node for each in tenant_status(tenant.slug)) or 'no node'}.",
            "Nothing is lost: it leaves its node when it is live on the new one, and forwards that people dialled go along.",
            "Phones that have the address of the old node must be given that of the new one.",
            f"Recordings are files of a node: to keep voicemail, copy the folder voicemail-{tenant.slug} of Asterisk's spool directory.",
        ]
        return question(self.admin_site, request, f"Move {tenant.name}", form, facts=facts, refusal=refusal, back=_page(tenant))

    @action(description="Rename", url_path="rename", icon="edit", permissions=["change"])
    def rename_page(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        tenant = self._tenant(request, object_id)
        old = tenant.slug
        form = RenameForm(request.POST or None)
        refusal = ""
        if request.method == "POST" and form.is_valid():
            new = form.cleaned_data["slug"]
            try:
                rename(old, new, actor=request.user.get_username())
            except (ValueError, Refused) as error:
                refusal = f"{error}\nNothing was renamed."
            else:
                messages.success(request, f"{tenant.name} is {new} now.")
                for remark in still_naming(new, old):
                    messages.warning(request, remark)
                return HttpResponseRedirect(_page(tenant))
        facts = [
            f"Its slug is {old}. Another one changes what others must then be told:",
            f"Every phone logs in with another user name: {old}_101 becomes NEW_101. Until that is changed in a phone, it is off.",
            f"Its console moves from {default_domain(old)} to the new name, if it is there, and its people log in again.",
            f"To keep voicemail, rename the folder voicemail-{old} in the spool directory of its nodes.",
        ]
        return question(self.admin_site, request, f"Rename {tenant.name}", form, facts=facts, refusal=refusal, back=_page(tenant))

    def delete_view(self: Any, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        tenant = self._tenant(request, object_id)
        if not self.has_delete_permission(request, tenant):
            raise PermissionDenied
        missing = incomplete(tenant.slug)
        form = SlugForm(request.POST or None, slug=tenant.slug, is_complete=not missing)
        refusal = ""
        if request.method == "POST" and form.is_valid():
            archive = not form.cleaned_data.get("no_archive")
            try:
                archive_and_delete(tenant.slug, actor=request.user.get_username(), archive=archive)
            except Refused as error:
                refusal = f"{error}\nNothing was deleted."
            else:
                messages.success(request, f"Tenant {tenant.name} is deleted.")
                return HttpResponseRedirect(reverse(LIST))
        facts = [*what_goes(tenant), missing or _kept()]
        return question(self.admin_site, request, f"Delete tenant {tenant.name}?", form, facts=facts, refusal=refusal, back=_page(tenant))

    def delete_model(self: Any, request: HttpRequest, obj: Tenant) -> None:
        archive_and_delete(obj.slug, actor=request.user.get_username())

    def _tenant(self: Any, request: HttpRequest, object_id: str) -> Tenant:
        tenant: Tenant | None = self.get_object(request, object_id)
        if tenant is None:
            raise Http404
        return tenant


def _apply(request: HttpRequest, name: str, text: bytes, node: str | None, *, dry_run: bool) -> Applied:
    user: Any = request.user
    return apply(Source(name, parse(name, text)), actor=user.get_username(), node=node, dry_run=dry_run)


def _page(tenant: Tenant) -> str:
    return reverse("admin:tenants_tenant_change", args=[tenant.pk])


def _kept() -> str:
    days: int = settings.ARCHIVE_DAYS
    if not days:
        return "No export is kept: this cannot be undone."
    return f"A final export is kept for {days} days under Deleted tenants, from where it can be brought back without its history."
