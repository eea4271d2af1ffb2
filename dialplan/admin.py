"""The pages of a tenant's phone system."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from dialplan import destinations
from dialplan.build.model import HINT
from dialplan.changes import Change
from dialplan.claims import settle_claims
from dialplan.committing import CommittingAdmin, RefusableForm
from dialplan.models import STAFF, Context, Extension, Phone
from dialplan.trunks.models import Trunk
from tenants.schema import current_slug


def context_choices() -> list[tuple[str, str]]:
    return [(name, name) for name in Context.objects.values_list("name", flat=True)]


class ContextAdmin(CommittingAdmin):
    kind = "staff"
    list_display = ["name", "description", "lines"]
    search_fields = ["name", "description"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        live = Extension.objects.filter(context=OuterRef("name"), replaced_by="").order_by()
        return super().get_queryset(request).annotate(live_lines=Subquery(live.values("context").annotate(n=Count("id")).values("n")))

    @display(description="live lines", ordering="live_lines")
    def lines(self, context: Context) -> int:
        return context.live_lines or 0  # type: ignore[attr-defined]

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        Extension.objects.filter(context=obj.name, origin=STAFF).delete()  # type: ignore[attr-defined]
        super().delete_model(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.name == "internal")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["name"] if obj else []


class OriginFilter(admin.SimpleListFilter):
    """Lets people see one writer's lines alone."""

    title = "written by"
    parameter_name = "origin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(origin, origin) for origin in model_admin.model.objects.order_by("origin").values_list("origin", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        return queryset.filter(origin=self.value()) if self.value() else queryset


class StateFilter(admin.SimpleListFilter):
    """Lines and keys that are live, or that a later layer replaced."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("live", "Live"), ("replaced", "Replaced or removed")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        if self.value() not in ("live", "replaced"):
            return queryset
        return queryset.filter(replaced_by="") if self.value() == "live" else queryset.exclude(replaced_by="")


class LayeredAdmin(CommittingAdmin):
    """Staff's own lines or keys can be changed; generated ones stand beside them, to be read."""

    list_filter: list[Any] = [OriginFilter, StateFilter]
    list_per_page = 100

    @display(description="written by", ordering="origin")
    def written_by(self, row: Any) -> str:
        return row.origin

    @display(description="state")
    def state(self, row: Any) -> str:
        return format_html("replaced by {}", row.replaced_by) if row.replaced_by else "live"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_staff)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_staff)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        super().delete_queryset(request, queryset.filter(origin=STAFF))


class ContextChoiceForm(RefusableForm):
    """A form whose context is one of those that exist."""

    context = forms.ChoiceField(widget=UnfoldAdminSelectWidget, choices=context_choices, initial="internal")


class ExtensionAdmin(LayeredAdmin):
    kind = "staff"
    form = ContextChoiceForm
    list_display = ["exten", "context", "order", "command", "written_by", "state"]
    list_filter = ["context", OriginFilter, StateFilter]
    search_fields = ["exten", "application", "data"]
    fields = ["context", "exten", "priority", "application", "data"]

    @display(description="priority", ordering="priority")
    def order(self, row: Extension) -> str:
        return "hint" if row.priority == HINT else str(row.priority)

    @display(description="command", ordering="application")
    def command(self, row: Extension) -> str:
        text = row.data if row.priority == HINT else f"{row.application}({row.data})"
        return format_html('<code class="command">{}</code>', text)


class AstDBEntryAdmin(LayeredAdmin):
    kind = "astdb"
    list_display = ["family", "key", "value", "written_by", "state"]
    search_fields = ["family", "key", "value"]
    fields = ["family", "key", "value"]


class PhoneAdmin(CommittingAdmin):
    kind = "phone"
    form = ContextChoiceForm
    list_display = ["number", "name", "context", "auto_answer", "user_name"]
    list_filter = ["context", "auto_answer"]
    search_fields = ["number", "name"]
    fieldsets = [
        ("General", {"classes": ["tab"], "fields": ["number", "name", "secret", "context"]}),
        ("Ringing", {"classes": ["tab"], "fields": ["ring_seconds", "auto_answer"]}),
    ]

    @display(description="SIP user name")
    def user_name(self, phone: Phone) -> str:
        return f"{current_slug()}_{phone.number}"


def trunk_choices() -> list[tuple[str, str]]:
    return [(name, name) for name in Trunk.lent_to(current_slug()).values_list("name", flat=True)]


class TrunkChoiceForm(RefusableForm):
    """A form whose trunk is one of those that are lent to the open tenant."""

    trunk = forms.ChoiceField(
        widget=UnfoldAdminSelectWidget, choices=trunk_choices, help_text="One that your operator has lent you; without any, ask for one."
    )


class DestinationInput(UnfoldAdminTextInputWidget):
    """A text input that proposes where a call can go in the open tenant."""

    template_name = "dialplan/destination.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, {**(attrs or {}), "list": "destinations", "autocomplete": "off"})
        context["proposals"] = [place for place in destinations.proposals() if place[0] != destinations.HANGUP]
        return context


class IncomingLineForm(TrunkChoiceForm):
    class Meta:
        widgets = {"destination": DestinationInput}


class IncomingLineAdmin(CommittingAdmin):
    kind = "line_in"
    form = IncomingLineForm
    list_display = ["number", "name", "trunk", "destination"]
    list_filter = ["trunk"]
    search_fields = ["number", "name", "destination"]
    fieldsets = [("General", {"classes": ["tab"], "fields": ["number", "name", "trunk", "destination"]})]

    def touch(self, change: Change, note: str) -> None:
        settle_claims(change)
        super().touch(change, note)


class OutgoingLineAdmin(CommittingAdmin):
    kind = "line_out"
    form = TrunkChoiceForm
    list_display = ["name", "pattern", "strip", "prepend", "trunk"]
    list_filter = ["trunk"]
    search_fields = ["name", "pattern"]
    fieldsets = [
        ("General", {"classes": ["tab"], "fields": ["name", "pattern", "trunk"]}),
        ("Rewriting", {"classes": ["tab"], "fields": ["strip", "prepend", "caller_id"]}),
    ]


class RevisionAdmin(ModelAdmin):
    """What changed when, and by whom; only to be read."""

    list_display = ["number", "created", "actor", "summary", "added", "removed"]
    list_filter = ["actor"]
    search_fields = ["summary", "actor"]
    list_fullwidth = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
