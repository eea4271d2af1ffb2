"""How the layers above take part in a change, which `dialplan` itself must not import."""

from django.dispatch import Signal

reaches_further = Signal()  # change: Change; receivers answer True when the change may concern tenants that it did not touch
commits_due = Signal()  # change: Change; receivers recompute what they derive from what it touched, and may touch more tenants
layers_wanted = Signal()  # slug: str; each receiver answers the list of Layers it has for the open tenant, lowest first
names_wanted = Signal()  # kind: str, key: str; each receiver answers in words the records of the open tenant that name that one
