"""All that an addon's files need, in one place: `from addons.api import Info, Tab, Column, Text, ...`."""

from addons.declare import Column, DeclarationError, Info, Tab
from addons.params import Boolean, Choice, Integer, MultiChoice, MultiList, Number, Reference, Secret, Text, Time

__all__ = [
    "Boolean",
    "Choice",
    "Column",
    "DeclarationError",
    "Info",
    "Integer",
    "MultiChoice",
    "MultiList",
    "Number",
    "Reference",
    "Secret",
    "Tab",
    "Text",
    "Time",
]
