"""The tabs of a ring group's form."""

from addons.api import Tab

tabs = [Tab("general", "General"), Tab("members", "Members")]
