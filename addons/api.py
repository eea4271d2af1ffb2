"""All that an addon's files need, in one place: `from addons.api import Info, Tab, Column, Text, ...`."""

from addons.declarations.declare import Column, DeclarationError, Info, Tab
from addons.declarations.destinations import Destination, Target
from addons.declarations.params import (
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
