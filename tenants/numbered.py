"""Rows by the numbers that forms and addresses name them by."""

from typing import TypeVar

from django.db.models import Model, QuerySet

T = TypeVar("T", bound=Model)


def numbered(rows: QuerySet[T], text: str) -> QuerySet[T]:
    """The one of these rows whose number this is; none where it is no number, or more than the database counts to."""
    return rows.filter(pk=text) if text.isascii() and text.isdecimal() and len(text) < 19 else rows.none()
