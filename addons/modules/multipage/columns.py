"""What the list of pages across tenants shows."""

from addons.api import Column

columns = {"list": [Column("number"), Column("name"), Column("callers"), Column("tenants"), Column("group")]}
