"""What the list of ring groups and a group's table of members show."""

from addons.api import Column

columns = {
    "list": [Column("number"), Column("name"), Column("strategy"), Column("seconds"), Column("after", "Then")],
    "members": [Column("phone")],
}
