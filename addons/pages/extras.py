"""What addons add to the forms of system sections: more tabs and fields, stored with the section's own record."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from addons.commits.extra_values import outdated_extras, twins, unique_params, upgrade_all_extras
from addons.commits.switch import addons_here
from addons.declarations.declare import Words
from addons.declarations.param import Param
from addons.declarations.records import is_shown, with_defaults
from addons.discovery.loading import Addon, Extra
from addons.pages.param_form import ParamsForm, Part, headings, in_groups, param_fields
from addons.pages.showing import masked, show_value
from dialplan.changes import Change
from dialplan.committing import CommittingAdmin


def section_extras(kind: str) -> list[tuple[Addon, Extra]]:
    """The addons that add to a section at the open tenant, in order; one that is off is hidden, and what it stored is kept.

    So is one whose new version could not bring along what an older one stored.
    """
    hidden = outdated_extras()
    return [(addon, addon.extras[kind]) for addon in addons_here() if kind in addon.extras and addon.name not in hidden]


def prefix(addon: Addon) -> str:
    """What stands before the names of the addon's params in the section's form."""
    return f"{addon.name}__"


def with_extras(base: type[CommittingAdmin]) -> type[CommittingAdmin]:
    """The admin class of a section, with the tabs and fields that addons add to it."""

    class ExtrasForm(ParamsForm, base.form):  # type: ignore[name-defined]
        def parts(self) -> list[Part]:
            stored = self.instance.extra or {}
            return [Part(extra.params, stored.get(addon.name, {}), prefix(addon)) for addon, extra in section_extras(base.kind)]

        def check_rules(self) -> None:
            super().check_rules()
            given = {addon.name: self.records[prefix(addon)] for addon, _ in section_extras(base.kind) if prefix(addon) in self.records}
            self.instance.extra = {**(self.instance.extra or {}), **given}
            if unique_params(base.kind):
                others = type(self.instance).objects.exclude(pk=self.instance.pk).exclude(extra={})
                for twin in twins(base.kind, [*others, self.instance]):
                    if f"{twin.addon}__{twin.param}" in self.fields:
                        self.show_faults({(twin.param,): twin.message}, f"{twin.addon}__")

    class ExtrasAdmin(base):  # type: ignore[misc,valid-type]
        form = ExtrasForm

        @contextmanager
        def changing(self, request: HttpRequest) -> Iterator[Change]:
            with super().changing(request) as change:
                upgrade_all_extras()
                yield change

        def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "GET":
                for error in upgrade_all_extras().values():
                    messages.error(request, str(error))
            return super().changeform_view(request, *args, **kwargs)

        def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
            kwargs["fields"] = [name for name in own_fields(self) if name not in self.get_readonly_fields(request, obj)]
            form = super().get_form(request, obj, change=change, **kwargs)
            fields: dict[str, Any] = {}
            for addon, extra in section_extras(self.kind):
                for params in tabs_of(addon, extra).values():
                    fields |= param_fields(params, prefix(addon))
            return type(form.__name__, (form,), fields)

        def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
            fieldsets = [(name, {**options, "fields": list(options["fields"])}) for name, options in super().get_fieldsets(request, obj)]
            places = dict(fieldsets)
            readable = obj is not None and not self.has_change_permission(request, obj)
            for addon, extra in section_extras(self.kind):
                for label, params in tabs_of(addon, extra).items():
                    if label not in places:
                        places[label] = {"classes": ["tab"], "fields": []}
                        fieldsets.append((label, places[label]))
                    places[label]["fields"] += (
                        to_read(addon, extra, params, obj) if readable else [prefix(addon) + param.name for param in params]
                    )
            return fieldsets

    ExtrasAdmin.__name__ = base.__name__
    return ExtrasAdmin


def own_fields(section: CommittingAdmin) -> list[str]:
    return [name for _, options in type(section).fieldsets for name in options["fields"]]


def tabs_of(addon: Addon, extra: Extra) -> dict[str, list[Param]]:
    """What the addon adds, by the label of the tab; without tabs of its own, one that has the addon's name."""
    labels = {tab.name: str(tab.label) for tab in extra.tabs} or {"": str(addon.info.name)}
    first = next(iter(labels))
    found = {label: in_groups([param for param in extra.params if (param.tab or first) == name]) for name, label in labels.items()}
    return {label: params for label, params in found.items() if params}


def to_read(addon: Addon, extra: Extra, params: list[Param], obj: Any) -> list[Any]:
    """Read-only fields that show extras; what show_if hides is left out."""
    record = with_defaults(extra.params, (obj.extra or {}).get(addon.name, {}))
    there = [param for param in params if is_shown(param, record)]
    return [shown_extra(addon, param, headings(there).get(param.name, "")) for param in there]


def shown_extra(addon: Addon, param: Param, heading: Words) -> Any:
    """A read-only field that shows an extra."""

    def field(record: Any) -> Any:
        return show_value(param, masked([param], (record.extra or {}).get(addon.name, {}))[param.name])

    field.__name__ = prefix(addon) + param.name
    field.short_description = param.label  # type: ignore[attr-defined]
    field.heading = heading  # type: ignore[attr-defined]
    field.do_not_call_in_templates = True  # type: ignore[attr-defined]
    return field
