"""Operators' page of deleted tenants, whose final exports are kept."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import action

from dialplan.refusal import Refused
from scopserv_site.life.deleting import restore, restoring, text_of
from scopserv_site.life.questions import PlaceForm, question
from scopserv_site.life.tenant_pages import LIST, download
from scopserv_site.sitefile.faults import BadFile
from tenants.audit.trail import note
from tenants.life.models import Archive

HERE = "admin:life_archive_changelist"


class ArchiveAdmin(ModelAdmin):
    """Looked at, downloaded, restored or forgotten for good."""

    empty_hint = "The final export of a tenant that is deleted is kept here for a while."
    list_display = ["name", "slug", "deleted", "actor", "expires"]
    list_display_links = None
    search_fields = ["name", "slug", "actor"]
    list_fullwidth = True
    actions_row = ("restore_page", "download_page", "forget_page")
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(expires__gt=timezone.now()).defer("text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @action(description="Restore", url_path="restore")
    def restore_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        archive = self._archive(request, object_id)
        form = PlaceForm(request.POST or None)
        plan: list[str] = []
        refusal = ""
        try:
            if request.method == "POST" and form.is_valid():
                place = form.cleaned_data["node"]
                applied = restore(archive, actor=request.user.get_username(), node=place.name if place else None)
                for remark in applied.remarks:
                    messages.info(request, remark)
                messages.success(request, f"Tenant {archive.name} is back.")
                return HttpResponseRedirect(reverse(LIST))
            plan = restoring(archive).plan.lines()
        except (Refused, BadFile) as error:
            refusal = f"{error}\nNothing was restored."
        title = f"Restore {archive.name}"
        return question(self.admin_site, request, title, form, plan=plan, refusal=refusal, back=reverse(HERE))

    @action(description="Download", url_path="download")
    def download_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        archive = self._archive(request, object_id)
        try:
            text = text_of(archive)
        except Refused as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse(HERE))
        note("exported", kind="deleted tenant", actor=request.user.get_username(), key=archive.slug, slug="", values={"with secrets": True})
        return download(text, f"{archive.slug}.yaml")

    @action(description="Delete for good", url_path="forget")
    def forget_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:life_archive_delete", args=[object_id]))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        lost = "Nothing brings this tenant back after that."
        return super().delete_view(request, object_id, {**(extra_context or {}), "consequences": [lost]})

    def delete_model(self, request: HttpRequest, obj: Archive) -> None:
        super().delete_model(request, obj)
        note("forgotten", kind="deleted tenant", actor=request.user.get_username(), key=obj.slug, slug="")

    def _archive(self, request: HttpRequest, object_id: str) -> Archive:
        if not self.has_view_permission(request):
            raise PermissionDenied
        archive: Archive | None = self.get_object(request, object_id)
        if archive is None:
            raise Http404
        return archive
