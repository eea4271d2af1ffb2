"""How the layers above take part in a change, which `dialplan` itself must not import."""

from django.dispatch import Signal

commits_due = Signal()  # change: Change; receivers recompute what they derive from what it touched, and may touch more tenants
layers_wanted = Signal()  # slug: str; each receiver answers the list of Layers it has for the open tenant, lowest first
