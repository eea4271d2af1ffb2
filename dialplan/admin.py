"""The pages of a tenant's dialplan: contexts, lines, AstDB keys, and the history of all that."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import Case, Count, OuterRef, Subquery, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.timezone import localtime
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from dialplan.build.model import HINT
from dialplan.build.sections import INTERNAL
from dialplan.committing import CommittingAdmin, RefusableForm
from dialplan.models import STAFF, Context, Extension, Revision
from dialplan.origins import title_of, writer_of
from dialplan.uses import named_by
from tenants.words import counted


def context_choices() -> list[tuple[str, str]]:
    return [(name, name) for name in Context.objects.values_list("name", flat=True)]


class ContextForm(RefusableForm):
    class Meta:
        help_texts = {"description": "Phones and lines in it reach what is written into it, and nothing of internal."}


class ContextAdmin(CommittingAdmin):
    kind = "staff"
    form = ContextForm
    list_display = ["name", "description", "lines"]
    search_fields = ["name", "description"]
    fields = ["name", "description"]

    def consequences(self, obj: Any) -> list[str]:
        lines = Extension.objects.filter(context=obj.name, origin=STAFF).count()
        return [f"With it goes what staff wrote into it: {counted(lines, 'line')}." if lines else "Staff wrote no line into it."]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        deleted, counts, perms, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, perms, [*protected, *(user for context in objs for user in named_by("context", context.name))]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        live = Extension.objects.filter(context=OuterRef("name"), replaced_by="").order_by()
        return super().get_queryset(request).annotate(live_lines=Subquery(live.values("context").annotate(n=Count("id")).values("n")))

    @display(description="live lines", ordering="live_lines")
    def lines(self, context: Context) -> int:
        return context.live_lines or 0  # type: ignore[attr-defined]

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        Extension.objects.filter(context=obj.name, origin=STAFF).delete()  # type: ignore[attr-defined]
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        kept = queryset.exclude(name="internal")
        Extension.objects.filter(context__in=list(kept.values_list("name", flat=True)), origin=STAFF).delete()
        super().delete_queryset(request, kept)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and (obj.name == "internal" or self._keeps_lines(request, obj)))

    def _keeps_lines(self, request: HttpRequest, context: Any) -> bool:
        """Whether with the context lines would go that this person may not delete."""
        may_delete_lines = request.user.has_perm("dialplan.delete_extension")
        return not may_delete_lines and Extension.objects.filter(context=context.name, origin=STAFF).exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["name"] if obj else []


class OriginFilter(admin.SimpleListFilter):
    """Lets people see one writer's lines alone."""

    title = "writer"
    parameter_name = "origin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        origins = model_admin.model.objects.order_by("origin").values_list("origin", flat=True).distinct()
        return [(origin, capfirst(title_of(origin))) for origin in origins]

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


class LayeredForm(RefusableForm):
    """A line or key of staff's, of which there is one at a place."""

    def check_rules(self) -> None:
        super().check_rules()
        row: Any = self.instance
        same = {name: getattr(row, name) for name in row.PLACE}
        if not self.errors and type(row).objects.filter(origin=STAFF, **same).exclude(pk=row.pk).exists():
            self.add_error(None, f"{capfirst(str(row))} is there already; change that one instead.")


class LayeredAdmin(CommittingAdmin):
    """Staff's own lines or keys can be changed; generated ones stand beside them, to be read."""

    form = LayeredForm
    list_filter: list[Any] = [OriginFilter, StateFilter]
    readonly_fields = ["written_by", "state"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.fields, *(() if obj is None or obj.is_staff else self.readonly_fields)]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        deleted, counts, perms, protected = super().get_deleted_objects(objs, request)
        generated = [f"{row}, written by {writer_of(row.origin, row.source)}" for row in objs if not row.is_staff]
        return deleted, counts, set() if generated else perms, [*protected, *generated]

    @display(description="written by", ordering="origin")
    def written_by(self, row: Any) -> str:
        if row.is_staff:
            return capfirst(STAFF)
        query = urlencode({"origin": row.origin, "source": row.source})
        link = '<a class="underline" href="{}?{}" title="{}">{}</a>'
        return format_html(link, reverse("admin:written_by"), query, row.origin, writer_of(row.origin, row.source))

    @display(description="state")
    def state(self, row: Any) -> str:
        return format_html("replaced by {}", title_of(row.replaced_by)) if row.replaced_by else "live"

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        row = form.instance
        others = type(row).objects.filter(**{name: getattr(row, name) for name in row.PLACE}).exclude(pk=row.pk)
        for other in others.filter(replaced_by=STAFF):
            messages.info(request, f"It stands in place of what {writer_of(other.origin, other.source)} writes there.")
        if winner := type(row).objects.values_list("replaced_by", flat=True).get(pk=row.pk):
            messages.warning(request, f"{title_of(winner)} writes there, too, so that yours is not in force.")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_staff)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_staff)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        super().delete_queryset(request, queryset.filter(origin=STAFF))


class ContextChoiceForm(RefusableForm):
    """A form whose context is one of those that exist."""

    context = forms.ChoiceField(widget=UnfoldAdminSelectWidget, choices=context_choices, initial="internal")


class ExtensionForm(ContextChoiceForm, LayeredForm):
    pass


class ExtensionAdmin(LayeredAdmin):
    kind = "staff"
    form = ExtensionForm
    list_display = ["exten", "context", "order", "command", "written_by", "state"]
    list_filter = ["context", OriginFilter, StateFilter]
    search_fields = ["exten", "application", "data"]
    fields = ["context", "exten", "priority", "application", "data"]

    def get_ordering(self, request: HttpRequest) -> Any:
        """What people dial comes first."""
        return [Case(When(context=INTERNAL, then=0), default=1), "context", "exten", "priority", "id"]

    @display(description="priority", ordering="priority")
    def order(self, row: Extension) -> str:
        return "hint" if row.priority == HINT else str(row.priority)

    @display(description="command", ordering="application")
    def command(self, row: Extension) -> str:
        text = row.data if row.priority == HINT else f"{row.application}({row.data})"
        return format_html('<code class="command">{}</code>', text)


class AstDBEntryAdmin(LayeredAdmin):
    kind = "astdb"
    empty_hint = "Values that dialplan reads as ${DB(family/key)}; addons keep theirs here as well."
    list_display = ["family", "key", "value", "written_by", "state"]
    search_fields = ["family", "key", "value"]
    fields = ["family", "key", "value"]


class RevisionAdmin(ModelAdmin):
    """What changed when, and by whom; only to be read."""

    list_display = ["number", "when", "who", "what", "lines"]
    list_filter = ["actor"]
    search_fields = ["summary", "actor"]
    list_fullwidth = True
    compressed_fields = True
    fields = ["number", "when", "who", "what", "lines"]

    @display(description="when", ordering="created")
    def when(self, revision: Revision) -> str:
        return date_format(localtime(revision.created), "Y-m-d\u00a0H:i:s")

    @display(description="who", ordering="actor")
    def who(self, revision: Revision) -> str:
        return revision.actor or "console"

    @display(description="what")
    def what(self, revision: Revision) -> str:
        return capfirst(revision.summary) or "Recomputed"

    @display(description="generated lines and keys")
    def lines(self, revision: Revision) -> str:
        return f"+{revision.added} −{revision.removed}" if revision.added or revision.removed else "–"  # noqa: RUF001

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
