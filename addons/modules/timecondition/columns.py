"""What the list of opening hours and its tables show."""

from addons.api import Column

columns = {
    "list": [Column("number"), Column("name"), Column("code"), Column("open", "Open"), Column("closed", "Closed")],
    "hours": [Column("days"), Column("time")],
    "holidays": [Column("date"), Column("yearly"), Column("label")],
}
