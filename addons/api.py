"""All that an addon's files need, in one place: `from addons.api import Info, Tab, Column, Text, ...`."""

from addons.declare import Column, DeclarationError, Info, Tab

__all__ = ["Column", "DeclarationError", "Info", "Tab"]
