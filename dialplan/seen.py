"""Whether a record is still as it was when its form was opened: else what somebody else saved meanwhile would be lost in silence."""

import json
from typing import Any

from django.db import models
from django.utils.crypto import salted_hmac

from tenants.audit.tracking import changes_of

SEEN = "record-seen"  # the hidden field of forms


def fingerprint(record: models.Model) -> str:
    """Of what people can change in a record; tells nothing of its secrets. "" for one that is new, or whose changes nobody tracks."""
    names = getattr(record, "history_fields", ())
    if record.pk is None or not names:
        return ""
    values: list[Any] = [record.__dict__.get(name) for name in names]
    return salted_hmac("dialplan.seen", json.dumps(values, default=str, sort_keys=True)).hexdigest()


def conflict(record: models.Model) -> str:
    """What is said to whoever saves a record that changed meanwhile."""
    entry = changes_of(record).first()
    return (
        f"{entry.who if entry else 'Somebody'} changed this after you had opened it, so nothing was saved. What you typed is still below:"
        " save again to put it in place of that, or open the page anew to see what it says now."
    )
