"""The tabs of the form, in their order. Without this file there is one tab, "general"."""

from addons.api import Tab

tabs = [Tab("general", "General"), Tab("hours", "Hours"), Tab("messages", "Messages"), Tab("about", "About")]
