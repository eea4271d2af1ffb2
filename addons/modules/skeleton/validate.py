"""Checks a whole record, in the form as in a file, once each value by itself is right."""


def validate(record):
    """Yields messages: a text about the record, or {param: text}. A record without any is saved."""
    if record["limited"] and record["opens"] >= record["closes"]:
        yield {"closes": "must be later than the time at which it opens"}
    if record["limited"] and not record["days"]:
        yield {"days": "is needed, or it would never be open"}
