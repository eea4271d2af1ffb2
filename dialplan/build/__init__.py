"""From layers of what people and addons asked for to the exact texts that one Asterisk should hold; pure Python, no Django."""
