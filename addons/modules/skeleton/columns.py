"""What lists show. With "list" the addon has many records, without it one settings form; further entries are MultiLists by name."""

from addons.api import Column

columns = {
    "list": [Column("number"), Column("name"), Column("after", "Then")],
    "messages": [Column("sound"), Column("times")],
}
