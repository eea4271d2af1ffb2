"""The bundled addons proven by calls, all of them at once at one tenant of a real Asterisk."""
