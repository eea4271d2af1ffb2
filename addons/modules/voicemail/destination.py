"""Makes boxes places where other addons and incoming lines can send calls: "voicemail:101"."""

from addons.api import Target

destination = Target("Voicemail", context="voicemail", phones="enabled")
