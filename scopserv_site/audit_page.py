"""The audit trail's page with its file: what is filtered, as CSV."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path, reverse
from django.utils.timezone import localtime

from scopserv_site.tables.cells import to_cell
from scopserv_site.tables.writing import TYPES, Row, csv_lines
from tenants.audit.admin import AuditAdmin
from tenants.audit.models import AuditEntry, Detail
from tenants.audit.trail import note
from tenants.schema import current_slug

CHUNK = 2000
HEADINGS = ("when", "from", "who", "tenant", "kind", "record", "what", "values")


class AuditPage(AuditAdmin):
    """What is listed can be taken along."""

    list_after_template = "scopserv_site/tables.html"

    def get_urls(self) -> list[Any]:
        return [path("export/csv/", self.admin_site.admin_view(self.export_view), name="audit_auditentry_export"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        links = [("CSV", reverse("admin:audit_auditentry_export") + query)]
        return super().changelist_view(request, {"export_links": links, **(extra_context or {})})

    def export_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """The list as it is filtered, the newest first, to its end."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            found = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            raise Http404 from None
        note("exported", kind="audit trail", key="csv", values={"filter": request.GET.urlencode()[:300]} if request.GET else {})
        name = "-".join(filter(None, (current_slug(), "audit")))
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return StreamingHttpResponse(csv_lines(_rows(found)), content_type=TYPES["csv"], headers=headers)


def _rows(found: QuerySet[AuditEntry]) -> Iterator[Row]:
    yield HEADINGS
    for entry in _newest_first(found):
        when = localtime(entry.at).isoformat(sep=" ", timespec="seconds")
        said = "\n".join(map(_line, entry.details))
        cells = (entry.address or "", entry.who, entry.slug, entry.kind, entry.key, entry.action, said)
        yield [when, *map(to_cell, cells)]


def _newest_first(found: QuerySet[AuditEntry]) -> Iterator[AuditEntry]:
    """A piece at a time, each of them found by the index, so that neither the console nor the database holds them all."""
    found = found.order_by("-id")
    chunk = list(found[:CHUNK])
    while chunk:
        yield from chunk
        chunk = list(found.filter(id__lt=chunk[-1].pk)[:CHUNK])


def _line(detail: Detail) -> str:
    return f"{detail.name}: {detail.old} → {detail.new}" if detail.old != "" else f"{detail.name}: {detail.new}"
