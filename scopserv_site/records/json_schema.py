"""JSON schemas of records, made from params and from models' fields."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from addons.declarations.declare import is_given
from addons.declarations.param import Param
from addons.declarations.params import Boolean, Choice, Date, Email, Integer, MultiChoice, MultiList, Number, Reference, Secret, Text

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}


def record_schema(params: Iterable[Param]) -> Schema:
    """The schema of a record that has these params."""
    listed = list(params)
    needed = [param.name for param in listed if is_needed(param)]
    return as_object({param.name: param_schema(param) for param in listed}, needed)


def as_object(properties: dict[str, Schema], required: Sequence[str] = (), description: str = "") -> Schema:
    """The schema of an object that has these properties and no others."""
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        found["required"] = list(required)
    return {**found, "description": description} if description else found


def is_needed(param: Param) -> bool:
    """Whether a new record cannot do without the param."""
    return param.required and param.default is None and param.condition is None


def param_schema(param: Param) -> Schema:
    """The schema of one param's value."""
    words = [str(param.help)] if is_given(param.help) else []
    if param.condition is not None:
        words.append(f"Only where {param.condition.param} is {' or '.join(map(str, param.condition.values))}.")
    found: Schema = {"title": str(param.label), **_kind(param)}
    if words:
        found["description"] = " ".join(words)
    if not isinstance(param, Secret) and not is_needed(param) and not _holds_secrets(param):
        found["default"] = param.initial
    return found


def _kind(param: Param) -> Schema:
    match param:
        case Boolean():
            return {"type": "boolean"}
        case Integer():
            return {"type": "integer" if param.required else ["integer", "null"], "minimum": param.minimum, "maximum": param.maximum}
        case MultiChoice():
            return {"type": "array", "items": {**TEXT, "enum": _values(param)}, "uniqueItems": True}
        case Choice():
            return {**TEXT, "enum": [*_values(param), *(() if param.required else ("",))]}
        case MultiList():
            return {"type": "array", "items": record_schema(param.params), "minItems": param.minimum, "maxItems": param.maximum}
        case Reference() if param.many:
            several: Schema = {"type": "array", "items": TEXT, "uniqueItems": True}
            return {"anyOf": [several, {"const": Reference.ALL}]} if param.everything else several
        case Secret():
            return {**TEXT, "format": "password", "writeOnly": True, **_pattern(param)}
        case Text() | Number():
            longest = {"maxLength": param.maximum} if isinstance(param, Text) else {}
            return {**TEXT, **longest, **_pattern(param)}
        case Email() | Date():
            return {**TEXT, "format": "email" if isinstance(param, Email) else "date"} if param.required else TEXT
        case _:
            return TEXT


def _pattern(param: Any) -> Schema:
    if not param.pattern:
        return {}
    return {"pattern": f"^(?:{param.pattern}){'' if param.required else '?'}$"}


def _values(param: Any) -> list[str]:
    return [value for value, _ in param.choices]


def _holds_secrets(param: Param) -> bool:
    return isinstance(param, MultiList) and any(isinstance(each, Secret) for each in param.params)


def field_schema(field: Any, *, secret: bool = False) -> Schema:
    """The schema of a model's field."""
    found: Schema = {"title": str(field.verbose_name)[:1].upper() + str(field.verbose_name)[1:]}
    if field.help_text:
        found["description"] = str(field.help_text)
    if isinstance(field, models.BooleanField):
        found["type"] = "boolean"
    elif isinstance(field, models.IntegerField):
        found["type"] = "integer"
        for validator in field.validators:
            if isinstance(validator, MinValueValidator):
                found["minimum"] = max(validator.limit_value, found.get("minimum", 0))
            elif isinstance(validator, MaxValueValidator):
                found["maximum"] = min(validator.limit_value, found.get("maximum", validator.limit_value))
    else:
        found |= TEXT
        if field.choices:
            found["enum"] = [value for value, _ in field.flatchoices]
        elif field.max_length:
            found["maxLength"] = field.max_length
    if secret:
        return {**found, "format": "password", "writeOnly": True}
    if field.has_default() and not callable(field.default):
        found["default"] = getattr(field.default, "value", field.default)
    return found
