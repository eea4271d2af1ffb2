"""Whole tenants: copied, renamed, moved, exported, deleted and brought back."""
