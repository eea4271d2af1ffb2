"""Makes ring groups places where other addons and incoming lines can send calls: "ringgroup:600"."""

from addons.api import Target

destination = Target("Ring group", context="ringgroup")
