from addons.api import Tab

tabs = [Tab("general", "General"), Tab("strokes", "Strokes")]
