"""The tabs of a conference's form."""

from addons.api import Tab

tabs = [Tab("general", "General"), Tab("moderators", "Moderators")]
