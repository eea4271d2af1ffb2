"""All kinds of form parameter, and what goes wrong with their values."""

from addons.links import MultiList, Reference
from addons.param import Param
from addons.records import ParamError, RecordErrors, clean_record
from addons.values import Boolean, Choice, Integer, MultiChoice, Number, Secret, Text, Time

__all__ = [
    "Boolean",
    "Choice",
    "Integer",
    "MultiChoice",
    "MultiList",
    "Number",
    "Param",
    "ParamError",
    "RecordErrors",
    "Reference",
    "Secret",
    "Text",
    "Time",
    "clean_record",
]
