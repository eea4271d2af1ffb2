"""Makes conferences places where other addons and incoming lines can send calls: "conference:900"."""

from addons.api import Target

destination = Target("Conference", context="conference")
