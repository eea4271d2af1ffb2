"""The kinds of form parameter about time: a date, a time of day, a range of them, days of the week."""

import re
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from addons.declarations.choices import MultiChoice
from addons.declarations.declare import Words
from addons.declarations.errors import ParamError
from addons.declarations.param import Param, plain_text

DAYS: tuple[tuple[str, Words], ...] = (
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
)  # django.utils.dates has the same words in many languages, for those who show them

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class Date(Param):
    """A day, as 2026-12-24."""

    can_be_key: ClassVar[bool] = True

    def _clean(self, value: Any) -> str:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        text = plain_text(value).strip()
        if text and not _is_date(text):
            raise ParamError(f"{text!r} is not a date; write it as 2026-12-24")
        return text


@dataclass(frozen=True, slots=True)
class Time(Param):
    """A time of day, as 08:30."""

    def _clean(self, value: Any) -> str:
        text = plain_text(value).strip()
        if text and not _TIME.fullmatch(text):
            raise ParamError(f"{text!r} is not a time; write it as 08:30")
        return text


@dataclass(frozen=True, slots=True)
class TimeRange(Param):
    """From one time of day to another, as 08:30-17:00; one such as 22:00-06:00 goes over midnight."""

    def _clean(self, value: Any) -> str:
        text = plain_text(value).replace(" ", "")
        if not text:
            return ""
        start, dash, end = text.partition("-")
        if not dash or not _TIME.fullmatch(start) or not _TIME.fullmatch(end):
            raise ParamError(f"{text!r} is not a time range; write it as 08:30-17:00")
        if start == end:
            raise ParamError(f"begins and ends at {start}; for the whole day write 00:00-23:59")
        return text


@dataclass(frozen=True, slots=True)
class Weekdays(MultiChoice):
    """Days of the week: any of mon, tue, wed, thu, fri, sat, sun."""

    _: KW_ONLY
    choices: Sequence[str | tuple[str, Words]] = DAYS

    def _check(self) -> None:
        if self.choices is not DAYS:
            self._refuse("choices are the days of the week; for others use a MultiChoice")


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
