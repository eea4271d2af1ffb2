"""For who writes an addon: a beginning, a check, records for its tests."""
