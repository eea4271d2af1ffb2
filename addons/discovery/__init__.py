"""From folders to addons: found, imported within limits, checked, and kept in the registry."""
