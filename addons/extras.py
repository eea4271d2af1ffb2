"""What addons add to the forms of system sections: more tabs and fields, stored with the section's own record."""

from typing import Any

from django.http import HttpRequest

from addons.forms import ParamField, keep_secrets
from addons.loading import Addon, Extra
from addons.param import Param
from addons.params import Secret
from addons.switch import addons_here
from dialplan.committing import CommittingAdmin


def section_extras(kind: str) -> list[tuple[Addon, Extra]]:
    """The addons that add to a section at the open tenant, in order; one that is off is hidden, and what it stored is kept."""
    return [(addon, addon.extras[kind]) for addon in addons_here() if kind in addon.extras]


def field_name(addon: Addon, param: Param) -> str:
    return f"{addon.name}__{param.name}"


def with_extras(base: type[CommittingAdmin]) -> type[CommittingAdmin]:
    """The admin class of a section, with the tabs and fields that addons add to it."""

    class ExtrasForm(base.form):  # type: ignore[name-defined]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            for addon, extra in section_extras(base.kind):
                stored = (self.instance.extra or {}).get(addon.name, {})
                for param in extra.params:
                    if param.name in stored and not isinstance(param, Secret):
                        self.initial[field_name(addon, param)] = param.complete(stored[param.name])

        def check_rules(self) -> None:
            super().check_rules()
            extra = dict(self.instance.extra or {})
            for addon, declared in section_extras(base.kind):
                names = {param.name: field_name(addon, param) for param in declared.params}
                if not all(name in self.cleaned_data for name in names.values()):
                    continue
                values = {name: self.cleaned_data[field] for name, field in names.items()}
                keep_secrets(declared.params, values, extra.get(addon.name, {}))
                extra[addon.name] = values
            self.instance.extra = extra

    class ExtrasAdmin(base):  # type: ignore[misc,valid-type]
        form = ExtrasForm

        def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
            kwargs["fields"] = [name for name in own_fields(self) if name not in self.get_readonly_fields(request, obj)]
            form = super().get_form(request, obj, change=change, **kwargs)
            fields = {field_name(addon, param): ParamField(param) for addon, extra in section_extras(self.kind) for param in extra.params}
            return type(form.__name__, (form,), fields)

        def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
            fieldsets = [(name, {**options, "fields": list(options["fields"])}) for name, options in super().get_fieldsets(request, obj)]
            places = dict(fieldsets)
            readable = obj is not None and not self.has_change_permission(request, obj)
            for addon, extra in section_extras(self.kind):
                labels = {tab.name: tab.label for tab in extra.tabs}
                for param in extra.params:
                    label = labels.get(param.tab) or (next(iter(labels.values())) if labels else addon.info.name)
                    if label not in places:
                        places[label] = {"classes": ["tab"], "fields": []}
                        fieldsets.append((label, places[label]))
                    places[label]["fields"].append(shown_extra(addon, param) if readable else field_name(addon, param))
            return fieldsets

    ExtrasAdmin.__name__ = base.__name__
    return ExtrasAdmin


def own_fields(section: CommittingAdmin) -> list[str]:
    return [name for _, options in type(section).fieldsets for name in options["fields"]]


def shown_extra(addon: Addon, param: Param) -> Any:
    """A read-only field that shows an extra."""
    from addons.admin import show_value

    def column(record: Any) -> Any:
        return show_value(param, (record.extra or {}).get(addon.name, {}).get(param.name, param.initial))

    column.__name__ = field_name(addon, param)
    column.short_description = param.label  # type: ignore[attr-defined]
    return column
