"""What the consoles hold, as programs and tables of records see it: derived from models and addons' params."""
