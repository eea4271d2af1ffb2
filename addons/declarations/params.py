"""All kinds of form parameter, and what goes wrong with their values."""

from addons.declarations.addresses import Email, IPAddress, PhoneNumber
from addons.declarations.choices import Choice, MultiChoice
from addons.declarations.errors import ParamError, RecordErrors
from addons.declarations.links import MultiList, Reference
from addons.declarations.moments import Date, Time, TimeRange, Weekdays
from addons.declarations.param import Param
from addons.declarations.records import clean_record
from addons.declarations.sound import Sound
from addons.declarations.values import Boolean, Integer, Number, Secret, Text

__all__ = [
    "Boolean",
    "Choice",
    "Date",
    "Email",
    "IPAddress",
    "Integer",
    "MultiChoice",
    "MultiList",
    "Number",
    "Param",
    "ParamError",
    "PhoneNumber",
    "RecordErrors",
    "Reference",
    "Secret",
    "Sound",
    "Text",
    "Time",
    "TimeRange",
    "Weekdays",
    "clean_record",
]
