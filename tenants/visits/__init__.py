"""From console to console: the switcher, and operators who look at a tenant's console."""
