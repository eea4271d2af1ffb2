"""The page of all changes of records, those of deleted ones included; only to be read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.timezone import localtime
from unfold.admin import ModelAdmin
from unfold.decorators import display

from dialplan.history import RecordChangeBase


class KindFilter(admin.SimpleListFilter):
    """Lets people see the changes of one kind of record alone."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = model_admin.model.objects.order_by("kind").values_list("kind", flat=True).distinct()
        return [(kind, kind.replace("_", " ")) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class ChangeAdmin(ModelAdmin):
    """Who changed what when, with old and new values."""

    list_display = ["when", "who", "kind", "key", "what"]
    list_display_links = None
    list_filter = [KindFilter]
    search_fields = ["key", "actor", "kind"]
    list_fullwidth = True
    show_full_result_count = False

    @display(description="when", ordering="id")
    def when(self, change: RecordChangeBase) -> str:
        return date_format(localtime(change.at), "Y-m-d\u00a0H:i:s")

    @display(description="who", ordering="actor")
    def who(self, change: RecordChangeBase) -> str:
        return change.actor or "console"

    @display(description="what")
    def what(self, change: RecordChangeBase) -> str:
        return render_to_string("dialplan/change.html", {"change": change})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
