from addons.api import Tab

tabs = [Tab("general", "General"), Tab("times", "Times"), Tab("people", "People"), Tab("rows", "Rows")]
