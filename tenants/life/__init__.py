"""A tenant's life: its schema from a template, limits, suspension, copies, moves, archives."""
