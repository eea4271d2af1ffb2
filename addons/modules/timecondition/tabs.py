"""The tabs of the form of opening hours."""

from addons.api import Tab

tabs = [Tab("general", "General"), Tab("hours", "Hours"), Tab("holidays", "Holidays")]
