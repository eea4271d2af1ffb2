"""What the list of conferences shows."""

from addons.api import Column

columns = {"list": [Column("number"), Column("name"), Column("maximum"), Column("wait", "Waits for a moderator")]}
