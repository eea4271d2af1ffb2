"""The tabs of the form of a page across tenants."""

from addons.api import Tab

tabs = [Tab("general", "General"), Tab("reach", "Who and whom")]
