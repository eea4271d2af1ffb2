"""What the list of paging groups and a group's table of members show."""

from addons.api import Column

columns = {
    "list": [Column("number"), Column("name"), Column("duplex", "Talk back"), Column("skip_busy", "Skip busy")],
    "members": [Column("phone")],
}
