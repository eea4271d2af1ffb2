"""Makes opening hours places where other addons and incoming lines can send calls: "timecondition:800"."""

from addons.api import Target

destination = Target("Opening hours", context="timecondition")
