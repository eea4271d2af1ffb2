"""The dialplan lines and AstDB keys that one record made."""

from dataclasses import dataclass

from dialplan.build.model import HINT
from dialplan.models import AstDBEntry, Extension
from dialplan.origins import title_of

MOST = 300


@dataclass(frozen=True, slots=True)
class Made:
    """A line or key as a record's page shows it."""

    place: str
    text: str
    replaced_by: str


def made_by(origin: str, source: str, most: int = MOST) -> list[Made]:
    """What a record of the open tenant made, at most so many lines and so many keys."""
    lines = Extension.objects.filter(origin=origin, source=source)[:most]
    keys = AstDBEntry.objects.filter(origin=origin, source=source)[:most]
    return [
        *(Made(f"{line.context}: {line.exten},{line.priority or 'hint'}", _command(line), title_of(line.replaced_by)) for line in lines),
        *(Made(f"AstDB {key.family}/{key.key}", key.value, title_of(key.replaced_by)) for key in keys),
    ]


def _command(line: Extension) -> str:
    return line.data if line.priority == HINT else f"{line.application}({line.data})"
