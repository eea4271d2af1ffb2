"""What narrows the list of the audit trail."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import DateField
from django.http import HttpRequest
from django.utils.timezone import make_aware
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter, TextFilter

LONGEST = 300


class WordFilter(DropdownFilter):
    """One of the words that stand in a column of the entries that may be seen."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        words = model_admin.get_queryset(request).order_by(self.parameter_name).values_list(self.parameter_name, flat=True).distinct()
        return [(word, word.replace("_", " ")) for word in words]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(**{self.parameter_name: self.value()}) if self.value() else queryset


class KindFilter(WordFilter):
    title = parameter_name = "kind"


class ActionFilter(WordFilter):
    title, parameter_name = "what", "action"


class ExactFilter(TextFilter):
    """A value of a column, as it is typed."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        text = (self.value() or "").strip()[:LONGEST]
        return queryset.filter(**{self.parameter_name: text}) if text else queryset


class ActorFilter(ExactFilter):
    title, parameter_name = "who", "actor"


class SlugFilter(ExactFilter):
    title, parameter_name = "tenant", "slug"


class DayFilter(RangeDateFilter):
    """From one day to another, both of them included, as days are at the site."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        first, last = (self._day(f"{self.parameter_name}_{end}") for end in ("from", "to"))
        if first:
            queryset = queryset.filter(at__gte=_begin(first))
        if last and last < date.max:
            queryset = queryset.filter(at__lt=_begin(last + timedelta(days=1)))
        return queryset

    def _day(self, name: str) -> date | None:
        try:
            return DateField(required=False).clean(self.used_parameters.get(name))
        except ValidationError:
            return None


def _begin(day: date) -> datetime:
    return make_aware(datetime.combine(day, time()))
