"""The page of the audit trail, only to be read, and the history of one record."""

from typing import Any

from django.contrib.admin import ShowFacets
from django.contrib.admin.utils import unquote
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from unfold.admin import ModelAdmin
from unfold.decorators import display

from tenants.audit.filters import ActionFilter, ActorFilter, DayFilter, KindFilter, SlugFilter
from tenants.audit.models import AuditEntry
from tenants.audit.seeing import entries_seen_by
from tenants.audit.tracking import changes_of
from tenants.current import current_slug

LONGEST_HISTORY = 200
FARTHEST = 10_000
PAGE_ROWS = 50  # a row takes the server some 2 ms, and a browser as long again


class HistoryAdmin(ModelAdmin):
    """An admin of tracked records: their history page shows who changed what."""

    list_per_page = PAGE_ROWS
    object_history_template = "audit/history.html"

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        changes = changes_of(row)[:LONGEST_HISTORY] if row is not None else ()
        return super().history_view(request, object_id, {"record_changes": changes, **(extra_context or {})})


class NewestPaginator(Paginator):
    """Pages of the newest entries; older ones are found by filters, so that nothing is counted to its end."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found: int = rows.order_by()[:FARTHEST].count()
        return found


class AuditAdmin(ModelAdmin):
    """Who did what when from where, with old and new values."""

    list_display = ["when", "who", "address", "slug", "kind_of", "key", "what"]
    sortable_by = ["when", "who"]
    list_display_links = None
    list_filter = [("at", DayFilter), KindFilter, ActionFilter, ActorFilter, SlugFilter]
    list_filter_submit = True
    list_fullwidth = True
    search_fields = ["key", "actor", "address"]
    search_help_text = "A record, a login or an address"
    paginator = NewestPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # each would be a count
    list_per_page = PAGE_ROWS

    @display(description="when", ordering="id")
    def when(self, entry: AuditEntry) -> str:
        return date_format(localtime(entry.at), "Y-m-d\u00a0H:i:s")

    @display(description="who", ordering="actor")
    def who(self, entry: AuditEntry) -> str:
        return entry.who

    @display(description="kind")
    def kind_of(self, entry: AuditEntry) -> str:
        return entry.kind.replace("_", " ")

    @display(description="what")
    def what(self, entry: AuditEntry) -> str:
        return render_to_string("audit/details.html", {"change": entry})

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return entries_seen_by(request.user, super().get_queryset(request))

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return [name for name in self.list_display if name != "slug" or not current_slug()]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [each for each in self.list_filter if each is not SlugFilter or not current_slug()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
