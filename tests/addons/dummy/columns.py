from addons.api import Column


def reach(record):
    """What a function says of a record."""
    return f"{len(record['rows'])} rows at {record['tenant']}"


columns = {
    "list": [Column("number"), Column("name", "Called"), Column("mode"), Column("reach", "Reach", value=reach)],
    "rows": [Column("phone"), Column("times", "How often"), Column("twice", "Doubled", value=lambda row: row["times"] * 2)],
}
