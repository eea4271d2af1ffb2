"""Which records name another one, so that nobody deletes it unawares."""

from typing import Any

from django.db import models

from dialplan.models import IncomingLine, Phone
from dialplan.signals import names_wanted


def named_by(kind: str, key: str) -> list[str]:
    """In words, the records of the open tenant that name this one, such as "incoming line 5145550100"."""
    rows: list[models.Model] = [*IncomingLine.objects.filter(destination__in=(key, f"{kind}:{key}"))]
    if kind == "context":
        rows += Phone.objects.filter(context=key)
    answers: list[tuple[Any, list[str]]] = names_wanted.send(None, kind=kind, key=key)  # type: ignore[assignment]
    return [*(f"{row._meta.verbose_name} {row}" for row in rows), *(words for _, found in answers for words in found)]
