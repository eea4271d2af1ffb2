"""What lists show. With "list" the addon has many records, without it one settings form; further entries are MultiLists by name."""

from addons.api import Column


def said(record):
    """Secrets come here as dots."""
    return sum(message["times"] for message in record["messages"])


columns = {
    # A column is a param, under its own label or another one, or what a function says of the record.
    "list": [Column("number"), Column("name"), Column("after", "Then"), Column("said", "Messages", value=said)],
    "messages": [Column("sound"), Column("times")],
}
