"""All that an addon's files need, in one place: `from addons.api import Info, Tab, Column, Text, ...`."""

from addons.declare import Column, DeclarationError, Info, Tab
from addons.destinations import Destination, Target
from addons.params import (
    Boolean,
    Choice,
    Date,
    Email,
    Integer,
    IPAddress,
    MultiChoice,
    MultiList,
    Number,
    PhoneNumber,
    Reference,
    Secret,
    Sound,
    Text,
    Time,
    TimeRange,
    Weekdays,
)

__all__ = [
    "Boolean",
    "Choice",
    "Column",
    "Date",
    "DeclarationError",
    "Destination",
    "Email",
    "IPAddress",
    "Info",
    "Integer",
    "MultiChoice",
    "MultiList",
    "Number",
    "PhoneNumber",
    "Reference",
    "Secret",
    "Sound",
    "Tab",
    "Target",
    "Text",
    "Time",
    "TimeRange",
    "Weekdays",
]
