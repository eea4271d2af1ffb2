"""The admin section that an addon's declarations make: tabs, list, search, filters, and its form."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from addons.commits.running import CommitError
from addons.commits.upgrading import upgrade_records
from addons.declarations.declare import Column, Words, is_given
from addons.declarations.links import MultiList
from addons.declarations.param import Param
from addons.declarations.params import Boolean
from addons.declarations.records import is_shown, with_defaults
from addons.discovery.loading import Addon
from addons.models import AddonState, StateBase
from addons.pages.computing import Computing
from addons.pages.forms import record_form, tabs_with_params
from addons.pages.listing import asked_as, is_filtered, search, sort_key, value_filter
from addons.pages.param_form import headings
from addons.pages.showing import masked, show_table, show_value
from addons.server.models import ServerState
from addons.stored.made_across import made_across
from dialplan.changes import SERVER, Change
from dialplan.committing import CommittingAdmin
from dialplan.deploy.models import ServerEntry
from dialplan.made import MOST, Made, made_by
from dialplan.uses import named_by
from tenants.schema import current_slug


class RecordAdmin(CommittingAdmin):
    """The pages of one addon; `addon` comes with the class."""

    addon: Addon
    change_form_before_template = "addons/version.html"

    @property
    def empty_hint(self) -> str:  # type: ignore[override]
        return str(self.addon.info.description)

    def _is_off(self) -> bool:
        state: type[StateBase] = ServerState if self.addon.info.scope == "server" else AddonState
        return self.addon.name in state.off()

    def _say_if_off(self, request: HttpRequest) -> None:
        if request.method == "GET" and self._is_off():
            messages.warning(request, f"{self.addon.info.name} is off: nothing that is saved here reaches Asterisk until it is enabled.")

    def own_addons(self) -> frozenset[str]:
        return frozenset({self.addon.name})

    def made(self, obj: Any) -> list[Made]:
        return self._made_from(obj.key)

    def _made_from(self, key: str, most: int = MOST) -> list[Made]:
        return (made_across if self.addon.info.scope == "server" else made_by)(self.addon.origin, key, most)

    def _writes_nothing(self, key: str) -> bool:
        """Whether an addon at work made nothing of a record; what it makes of all of them together has no key."""
        if self.addon.commit is None or not self.addon.is_list or self._is_off() or self._made_from(key, 1) or self._made_from("", 1):
            return False
        return not ServerEntry.objects.filter(origin=self.addon.origin).exists()

    @contextmanager
    def changing(self, request: HttpRequest) -> Iterator[Change]:
        with super().changing(request) as change:
            upgrade_records(self.addon)  # refuses, so that no form saves half of what an older version stored
            yield change

    def touch(self, change: Change, note: str) -> None:
        change.touch(self.addon.name, note, slug=SERVER if self.addon.info.scope == "server" else None)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if self._writes_nothing(form.instance.key):
            messages.warning(request, "It is saved, but with these values it writes nothing: no dialplan line, and no AstDB key.")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Refuses to delete what others still name: calls that they send there would end at once."""
        deleted, counts, perms, protected = super().get_deleted_objects(objs, request)
        if self.addon.info.scope == "tenant":
            protected = [*protected, *(user for record in objs for user in named_by(self.addon.name, record.key))]
        return deleted, counts, perms, protected

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        params = {param.name: param for param in self.addon.params}
        return [
            computed(self.addon, column) if column.value else shown(params[column.name], column.label)
            for column in self.addon.columns.get("list", ())
        ]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [value_filter(param) for param in self.addon.params if is_filtered(param)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        readable = obj is not None and not self.has_change_permission(request, obj)
        tabs = [
            (tab.label, self._to_read(obj, params) if readable else [param.name for param in params])
            for tab, params in tabs_with_params(self.addon)
        ]
        return [(label, {"classes": ["tab"], "fields": fields}) for label, fields in tabs if fields]

    def _to_read(self, obj: Any, params: Sequence[Param]) -> list[Any]:
        """The fields of a tab for somebody who may only look; what show_if hides is left out."""
        record = with_defaults(self.addon.params, obj.data)
        there = [param for param in params if is_shown(param, record)]
        heads = headings(there)
        return [to_read(param, self.addon.columns.get(param.name, ()), heads.get(param.name, "")) for param in there]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return search(queryset, self.addon.params, search_term.split()), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Beside the filters nobody may ask for anything: a list would say yes or no to questions about secrets."""
        return any(lookup == asked_as(param) for param in self.addon.params if is_filtered(param))

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("key",)  # only says that there is a search box; get_search_results looks through all of a record

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        self._say_if_off(request)
        only = None if self.addon.is_list else self.model.objects.values_list("pk", flat=True).first()
        if self.addon.is_list or not (only or self.has_add_permission(request)):
            return super().changelist_view(request, extra_context)
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
        self._say_if_off(request)
        crumb = {} if self.addon.is_list else {"crumb": "Settings"}
        return super().render_change_form(request, {**context, **crumb}, *args, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        if self.addon.is_list:
            return super().has_add_permission(request)
        return self.has_change_permission(request) and not self.model.objects.exists()  # to save settings is to change them

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        perms = super().get_model_perms(request)
        return perms if self.addon.is_list else {**perms, "add": False}


def record_admin(addon: Addon) -> type[RecordAdmin]:
    """The admin class of an addon."""
    return type(f"{addon.name.title()}Admin", (RecordAdmin,), {"addon": addon, "kind": addon.name, "form": record_form(addon)})


def shown(param: Param, label: Words = "") -> Callable[[Any], Any]:
    """A column that shows a param's value."""

    def column(record: Any) -> Any:
        return show_value(param, record.data.get(param.name, param.initial))

    column.__name__ = param.name
    column.short_description = label if is_given(label) else param.label  # type: ignore[attr-defined]
    column.boolean = isinstance(param, Boolean)  # type: ignore[attr-defined]
    column.admin_order_field = sort_key(param)  # type: ignore[attr-defined]
    return column


def to_read(param: Param, columns: Sequence[Column], heading: Words) -> Callable[[Any], Any]:
    """A read-only field that shows a param's value, a table with its rows."""

    def field(record: Any) -> Any:
        value = masked([param], record.data)[param.name]
        return show_table(param, value, columns) if isinstance(param, MultiList) else show_value(param, value)

    field.__name__ = param.name
    field.short_description = param.label  # type: ignore[attr-defined]
    field.boolean = isinstance(param, Boolean)  # type: ignore[attr-defined]
    field.heading = heading  # type: ignore[attr-defined]
    field.do_not_call_in_templates = True  # type: ignore[attr-defined]
    return field


def computed(addon: Addon, column: Column) -> Callable[[Any], Any]:
    """A column that a function of the record fills."""

    computing = Computing(column)

    def show(record: Any) -> str:
        return computing({"tenant": current_slug(), **masked(addon.params, record.data)})

    show.__name__ = f"computed_{column.name}"
    show.short_description = column.label  # type: ignore[attr-defined]
    return show
