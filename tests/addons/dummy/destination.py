from addons.api import Target

destination = Target("Dummy", context="dummy-in", exten="8{key}", phones="listed")
