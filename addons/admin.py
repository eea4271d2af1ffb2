"""The admin section that an addon's declarations make: tabs, list, search, filters, and its form."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from addons.forms import record_form
from addons.links import MultiList, Reference
from addons.loading import Addon
from addons.param import Param
from addons.params import Boolean, Choice, Integer, MultiChoice, Secret
from addons.running import CommitError
from addons.upgrading import upgrade_records
from dialplan.changes import SERVER, Change
from dialplan.committing import CommittingAdmin
from dialplan.made import Made, made_by
from dialplan.uses import named_by


class RecordAdmin(CommittingAdmin):
    """The pages of one addon; `addon` comes with the class."""

    addon: Addon
    list_per_page = 100

    @property
    def empty_hint(self) -> str:  # type: ignore[override]
        return str(self.addon.info.description)

    def own_addons(self) -> frozenset[str]:
        return frozenset({self.addon.name})

    def made(self, obj: Any) -> list[Made]:
        return made_by(self.addon.origin, obj.key) if self.addon.info.scope == "tenant" else []

    @contextmanager
    def changing(self, request: HttpRequest) -> Iterator[Change]:
        with super().changing(request) as change:
            upgrade_records(self.addon)  # refuses, so that no form saves half of what an older version stored
            yield change

    def touch(self, change: Change, note: str) -> None:
        change.touch(self.addon.name, note, slug=SERVER if self.addon.info.scope == "server" else None)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Refuses to delete what others still name: calls that they send there would end at once."""
        deleted, counts, perms, protected = super().get_deleted_objects(objs, request)
        if self.addon.info.scope == "tenant":
            protected = [*protected, *(user for record in objs for user in named_by(self.addon.name, record.key))]
        return deleted, counts, perms, protected

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        params = {param.name: param for param in self.addon.params}
        return [shown(params[column.name], column.label) for column in self.addon.columns.get("list", ())]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [value_filter(param) for param in self.addon.params if isinstance(param, Boolean | Choice)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        readable = obj is not None and not self.has_change_permission(request, obj)
        return [
            (tab.label, {"classes": ["tab"], "fields": [shown(param) if readable else param.name for param in params]})
            for tab, params in tabs_with_params(self.addon)
        ]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        for word in search_term.split():
            queryset = queryset.annotate(text=Cast("data", models.TextField())).filter(text__icontains=word)
        return queryset, False

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("key",)  # only says that there is a search box; get_search_results looks through all of a record

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if self.addon.is_list:
            return super().changelist_view(request, extra_context)
        only = self.model.objects.values_list("pk", flat=True).first()
        page, args = ("change", [only]) if only else ("add", [])
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET":
            try:
                upgrade_records(self.addon)
            except CommitError as error:
                messages.error(request, str(error))
        return super().changeform_view(request, *args, **kwargs)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        crumb = {} if self.addon.is_list else {"crumb": "Settings"}
        return super().render_change_form(request, {**context, **crumb}, *args, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and (self.addon.is_list or not self.model.objects.exists())


def record_admin(addon: Addon) -> type[RecordAdmin]:
    """The admin class of an addon."""
    return type(f"{addon.name.title()}Admin", (RecordAdmin,), {"addon": addon, "kind": addon.name, "form": record_form(addon)})


def tabs_with_params(addon: Addon) -> list[tuple[Any, list[Param]]]:
    """Each tab that holds something, with its params; a param that names no tab is on the first one."""
    first = addon.tabs[0].name if addon.tabs else ""
    found = [(tab, [param for param in addon.params if (param.tab or first) == tab.name]) for tab in addon.tabs]
    return [(tab, params) for tab, params in found if params]


def shown(param: Param, label: str = "") -> Callable[[Any], Any]:
    """A column, or a read-only field, that shows a param's value."""

    def column(record: Any) -> Any:
        return show_value(param, record.data.get(param.name, param.initial))

    column.__name__ = param.name
    column.short_description = label or param.label  # type: ignore[attr-defined]
    column.boolean = isinstance(param, Boolean)  # type: ignore[attr-defined]
    if not isinstance(param, MultiList | MultiChoice):
        column.admin_order_field = f"data__{param.name}"  # type: ignore[attr-defined]
    return column


def show_value(param: Param, value: Any) -> Any:
    """A stored value as people read it in a list."""
    match param:
        case Boolean() | Integer():
            return value
        case Secret():
            return "set" if value else "not set"
        case Choice() | MultiChoice():
            labels = dict(param.choices)  # type: ignore[arg-type]
            return ", ".join(labels.get(each, each) for each in ([value] if isinstance(value, str) else value))
        case MultiList():
            first = param.params[0]
            return ", ".join(str(row.get(first.name, "")) for row in value[:8]) + (f" and {len(value) - 8} more" if len(value) > 8 else "")
        case Reference() if isinstance(value, list):
            return ", ".join(value)
        case _:
            return value


def value_filter(param: Param) -> type[admin.SimpleListFilter]:
    """A list filter over the values that a param can have."""
    choices = [("yes", "Yes"), ("no", "No")] if isinstance(param, Boolean) else list(param.choices)  # type: ignore[attr-defined]

    class ValueFilter(admin.SimpleListFilter):
        title = param.label.lower()
        parameter_name = param.name

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return choices

        def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
            if self.value() not in dict(choices):
                return queryset
            value = self.value() == "yes" if isinstance(param, Boolean) else self.value()
            return queryset.filter(**{f"data__{param.name}": value})

    return ValueFilter
