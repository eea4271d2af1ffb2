"""Recordings that a tenant uploads: kept in its schema, and brought to its nodes beside its other files."""
