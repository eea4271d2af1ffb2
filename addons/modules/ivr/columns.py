"""What the list of menus and a menu's table of keys show."""

from addons.api import Column

columns = {
    "list": [Column("number"), Column("name"), Column("greeting"), Column("keys"), Column("otherwise", "Otherwise")],
    "keys": [Column("key"), Column("destination")],
}
