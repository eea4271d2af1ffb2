"""All kinds of form parameter, and what goes wrong with their values."""

from addons.addresses import Email, IPAddress, PhoneNumber
from addons.choices import Choice, MultiChoice
from addons.links import MultiList, Reference
from addons.moments import Date, Time, TimeRange, Weekdays
from addons.param import Param
from addons.records import ParamError, RecordErrors, clean_record
from addons.sound import Sound
from addons.values import Boolean, Integer, Number, Secret, Text

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
