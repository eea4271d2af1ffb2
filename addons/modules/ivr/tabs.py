"""The tabs of a menu's form."""

from addons.api import Tab

tabs = [Tab("general", "General"), Tab("keys", "Keys")]
