"""The bundled addons, one folder each."""
