"""Makes menus places where other addons and incoming lines can send calls: "ivr:700"."""

from addons.api import Target

destination = Target("Menu", context="ivr")
