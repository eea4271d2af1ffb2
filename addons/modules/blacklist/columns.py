"""What the blacklist shows."""

from addons.api import Column

columns = {"list": [Column("number"), Column("note")]}
