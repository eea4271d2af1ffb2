"""The form of an addon's record, made from its params."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from addons.commits.rules import Others, diallers, dials_more, faults
from addons.declarations.declare import Tab
from addons.declarations.errors import Path
from addons.declarations.param import Param
from addons.declarations.params import Secret
from addons.declarations.records import with_defaults
from addons.discovery.loading import Addon
from addons.pages.param_form import ParamsForm, Part, in_groups, param_fields, without_secrets
from addons.pages.showing import show_value
from dialplan.uses import named_by

VERSION = "record-version"  # no param can have this name
SOON = timedelta(seconds=5)


class RecordForm(ParamsForm):
    """The form of one record of an addon; `addon` and the fields come with the class."""

    addon: Addon

    class Meta:
        fields: Sequence[str] = ()

    def parts(self) -> Sequence[Part]:
        return [Part(self.addon.params, self.instance.data or {})]

    @property
    def version(self) -> Any:
        """The version of the record that the form's values are based on, which it posts: the newest once its conflict was told."""
        return self._newest.version if self._conflict else self.data.get(VERSION, self.instance.version)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._newest: Any = None
        self._conflict = False

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.refusal:  # else it was all looked at, and undone
            self._newest = type(self.instance).objects.filter(pk=self.instance.pk).first()
            self._conflict = self._newest is not None and self.data.get(VERSION, str(self._newest.version)) != str(self._newest.version)
            if self._conflict:
                self.add_error(None, self._told_of_conflict())
        return cleaned

    def check_rules(self) -> None:
        data = self.records[""]
        self.show_faults(self._faults(data))
        if self._newest is not None:
            self.instance.version = self._newest.version + 1
        self.instance.data = data
        self.instance.key = str(data[self.addon.key.name]) if self.addon.key else ""

    def _faults(self, data: Mapping[str, Any]) -> dict[Path, str]:
        others = type(self.instance).objects.exclude(pk=self.instance.pk)
        if not self.addon.key:
            if others.exists():
                return {(): "Somebody saved these settings while you had the empty form open; open them again"}
        elif others.filter(key=str(data[self.addon.key.name])).exists():
            return {
                (self.addon.key.name,): f"{data[self.addon.key.name]!r} is in use already in {self.addon.info.name}; choose another one"
            }
        elif users := self._left_behind(str(data[self.addon.key.name])):
            return {(self.addon.key.name,): f"{self.instance.key!r} is still named by {', '.join(users)}; change that first"}

        def holder(name: str, value: Any) -> str | None:
            key: str | None = others.filter(data__contains={name: value}).values_list("key", flat=True).first()
            return key

        numbers = diallers(self.addon, others.values_list("key", "data")) if dials_more(self.addon.params) else {}
        beside = Others(holder, lambda context, number: next(iter(numbers.get((context, number), ())), None))
        return faults(self.addon, data, beside, exists=lambda to, key: True)  # what it names was looked for with the fields

    def _left_behind(self, key: str) -> list[str]:
        """What names the record by the key that it had."""
        renamed = self.instance.pk and key != self.instance.key and self.addon.info.scope == "tenant"
        return named_by(self.addon.name, self.instance.key) if renamed else []

    def _told_of_conflict(self) -> str:
        stored = with_defaults(self.addon.params, self._newest.data)
        theirs = [
            f"{param.label}: {show_value(param, stored[param.name]) or '-'}"
            for param in self.addon.params
            if not isinstance(param, Secret)
            and without_secrets(param, stored[param.name]) != without_secrets(param, self.records[""][param.name])
        ]
        now = f" It now says {'; '.join(theirs)}." if theirs else ""
        return (
            f"{self._somebody()} changed this record after you had opened it, so nothing was saved.{now}"
            " What you typed is still below: save again to put it in place of that, or open the page anew to drop it."
        )

    def _somebody(self) -> str:
        entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(self.instance), object_id=str(self.instance.pk))
        entry = entries.select_related("user").filter(action_time__gte=self._newest.modified - SOON).order_by("-action_time").first()
        return str(entry.user) if entry else "Somebody"


def tabs_with_params(addon: Addon) -> list[tuple[Tab, list[Param]]]:
    """Each tab that holds something, with its params; a param that names no tab is on the first one."""
    first = addon.tabs[0].name if addon.tabs else ""
    found = [(tab, in_groups([param for param in addon.params if (param.tab or first) == tab.name])) for tab in addon.tabs]
    return [(tab, params) for tab, params in found if params]


def record_form(addon: Addon) -> type[RecordForm]:
    """The form class of an addon's records."""
    fields = {name: field for _, params in tabs_with_params(addon) for name, field in param_fields(params, "", addon.columns).items()}
    return type(f"{addon.name.title()}Form", (RecordForm,), {"addon": addon, **fields})
