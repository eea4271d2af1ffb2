def validate(record):
    """All three kinds of message, each for a mistake of its own."""
    if record["name"] == "bad":
        yield f"all of {record['number']} at {record['tenant']} is bad"
    if record["seconds"] == 13:
        yield {"seconds": "must not be 13"}
    for index, row in enumerate(record["rows"]):
        if row["times"] == 9:
            yield {("rows", index, "times"): "must not be 9"}
