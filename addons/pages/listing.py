"""What the list of an addon's records does in the database: sort by a param, look for words, offer values to filter by."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Case, Expression, F, Func, JSONField, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, Collate, Concat, Lower, LPad
from django.db.models.lookups import Exact, Regex
from django.http import HttpRequest

from addons.declarations.declare import Words
from addons.declarations.links import MultiList, Reference
from addons.declarations.param import Param
from addons.declarations.params import Boolean, Choice, Integer, IPAddress, MultiChoice, Number, PhoneNumber, Secret
from addons.pages.showing import choices_of

WIDEST = 40  # digits of the longest number
MOST = 100  # values that a filter offers
NUMBER = r"^[*#+]?[0-9]+$"


def sort_key(param: Param) -> Expression | None:
    """What a column of the list is sorted by: numbers as numbers, choices in their order; None where no order makes sense."""
    if _is_listed(param) or isinstance(param, Secret):
        return None
    if isinstance(param, Integer | Boolean):
        return Coalesce(KeyTransform(param.name, "data"), Value(param.initial, JSONField()))
    text = Coalesce(KeyTextTransform(param.name, "data"), Value(param.initial), output_field=TextField())
    if isinstance(param, Choice):
        return Case(*(When(Exact(text, value), then=Value(index)) for index, (value, _) in enumerate(choices_of(param))), default=Value(-1))
    if isinstance(param, Number | PhoneNumber | Reference):
        number = LPad(text, WIDEST, Value(" "))
        return Collate(Case(When(Regex(text, NUMBER), then=number), default=Lower(text), output_field=TextField()), "C")
    if isinstance(param, IPAddress):
        parts = [LPad(Func(text, Value("."), Value(part), function="split_part"), 6, Value(" ")) for part in (1, 2, 3, 4)]
        return Collate(Concat(*parts, text, output_field=TextField()), "C")
    return Lower(text)


def search(queryset: QuerySet, params: Sequence[Param], words: Sequence[str]) -> QuerySet:
    """The records that hold each of the words in a value, a row, or the label of a choice; secrets are not looked at."""
    plain = [KeyTextTransform(param.name, "data") for param in params if not isinstance(param, Secret) and not _is_listed(param)]
    listed = [_json_values(path) for path in _list_paths(params)]
    queryset = queryset.alias(
        plain=Func(Value("\n"), *plain, Value(""), function="concat_ws", output_field=TextField()),
        listed=Func(Value("\n"), *listed, Value(""), function="concat_ws", output_field=TextField()),
    )
    for word in words:
        written = json.dumps(word, ensure_ascii=False)[1:-1]  # as it stands in JSON
        found = Q(plain__icontains=word) | _with_label(params, word)
        if any(character.isalnum() for character in word):  # else it would find the brackets and commas between the rows' values
            found |= Q(listed__icontains=written)
        queryset = queryset.filter(found)
    return queryset


def value_filter(param: Any) -> type[SimpleListFilter]:
    """A list filter over the values that a param can have; of a Reference, over those that records have."""

    class ValueFilter(SimpleListFilter):
        title = str(param.label).lower()
        parameter_name = asked_as(param)

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Words]]:
            if isinstance(param, Boolean):
                return [("yes", "Yes"), ("no", "No")]
            if not isinstance(param, Reference):
                return choices_of(param)
            used = _used_values(model_admin.get_queryset(request), param)
            now = request.GET.get(self.parameter_name, "")
            return [(value, value) for value in dict.fromkeys([*([now] if now else []), *used])]

        def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
            value = self.value()
            if value is None or (not isinstance(param, Reference) and value not in dict(self.lookup_choices)):
                return queryset
            return queryset.filter(_having(param, value == "yes" if isinstance(param, Boolean) else value))

    return ValueFilter


def is_filtered(param: Param) -> bool:
    """Whether a list can be filtered by a param."""
    return isinstance(param, Boolean | Choice | MultiChoice | Reference) and not param.key


def asked_as(param: Param) -> str:
    """The filter's name in the address: no other parameter of a list, whatever the param is called."""
    return f"{param.name}__is"


def _having(param: Param, value: Any) -> Q:
    """The records with a value, or with a value among others; what is not stored is the default."""
    initial = param.initial
    having = Q(data__contains={param.name: [value] if _is_listed(param) and value != Reference.ALL else value})
    if value == initial or (isinstance(initial, list) and value in initial):
        having |= ~Q(data__has_key=param.name)
    return having


def _with_label(params: Sequence[Param], word: str) -> Q:
    found = Q(pk=None)
    for param in params:
        if isinstance(param, Choice | MultiChoice):
            for value, label in choices_of(param):
                if word.casefold() in str(label).casefold():
                    found |= _having(param, value)
    return found


def _is_listed(param: Param) -> bool:
    return isinstance(param.empty, list)


def _list_paths(params: Sequence[Param]) -> Iterator[str]:
    for param in params:
        if not isinstance(param, MultiList):
            yield from [f"$.{param.name}[*]"] if _is_listed(param) else []
        else:
            yield from (f"$.{param.name}[*].{each.name}" for each in param.params if not isinstance(each, Secret))


def _json_values(path: str) -> Expression:
    values = Func(F("data"), Value(path), template="jsonb_path_query_array(%(expressions)s::jsonpath)", output_field=JSONField())
    return Cast(values, TextField())


def _used_values(queryset: QuerySet, param: Param) -> list[str]:
    values = Func(
        F("data"), Value(f"$.{param.name}[*]"), template="(jsonb_path_query(%(expressions)s::jsonpath) #>> '{}')", output_field=TextField()
    )
    found = queryset.order_by().annotate(used=values).values_list("used", flat=True).distinct().order_by("used")
    return [value for value in found[:MOST] if value]
