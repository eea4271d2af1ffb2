"""The JSON API of both consoles, made from the same records as their pages."""
