"""What the steps of applying a file share."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from addons.declarations.destinations import TO as DESTINATION
from addons.discovery.registry import registry
from addons.stored.known import Known
from dialplan.build.sounds import KIND
from dialplan.changes import Change
from dialplan.rules import INTERNAL, check_rules
from dialplan.surroundings import Surroundings, Taken
from scopserv_site.sitefile.faults import Faults, Path
from scopserv_site.sitefile.plan import Plan
from scopserv_site.sitefile.shape import PHONES, SECTIONS, TenantPart
from tenants.texts import check_text


@dataclass(slots=True)
class Work:
    """One file being applied."""

    change: Change
    note: str  # what the tenants' revisions say
    prune: bool
    plan: Plan = field(default_factory=Plan)
    faults: Faults = field(default_factory=Faults)
    remarks: list[str] = field(default_factory=list)  # for whoever applies the file
    bad_trunks: set[str] = field(default_factory=set)  # those that the file names, and that are faulty


@dataclass
class TenantWork:
    """One tenant of it, whose schema is open."""

    work: Work
    part: TenantPart
    known: Known = field(default_factory=Known)
    taken: Taken = field(default_factory=Taken)
    around: Surroundings = field(init=False)
    removed_places: list[str] = field(default_factory=list)  # where calls could be sent

    def __post_init__(self) -> None:
        """Takes all that the file names as there: what comes first in it may name what comes later."""
        self.around = Surroundings(self.taken)
        for section in SECTIONS:
            for part in self.part.sections.get(section.name, ()):
                self.known.add(section.kind, part.name)
        for name, records in self.part.addons.items():
            for record in records:
                self.known.add(name, record.key)
        for place in self._places:
            self.known.add(DESTINATION, place)
        for sound in self.part.sounds:
            self.known.add(KIND, sound.name)

    def names(self, destination: str) -> bool:
        """Whether the file itself names a place where calls can be sent."""
        return destination in self._places or f"phone:{destination}" in self._places or f"context:{destination}" in self._places

    @cached_property
    def _places(self) -> frozenset[str]:
        """The places of the file where calls can be sent."""
        phones = [f"phone:{part.key}" for part in self.part.sections.get(PHONES.name, ())]
        contexts = [f"context:{context.name}" for context in self.part.contexts if context.name != INTERNAL]
        records = [
            f"{name}:{record.key}"
            for name, records in self.part.addons.items()
            if (target := registry.get(name).destination) and not target.phones
            for record in records
        ]
        return frozenset([*phones, *contexts, *records])

    @property
    def plan(self) -> Plan:
        return self.work.plan

    @property
    def faults(self) -> Faults:
        return self.work.faults

    def touch(self, kind: str) -> None:
        self.work.change.touch(kind, self.work.note, slug=self.part.slug)

    def path(self, *more: str) -> Path:
        return (*self.part.path, *more)


def problems(record: models.Model, around: Surroundings | None = None) -> Iterator[tuple[str, str]]:
    """What is wrong with a record, by column ("" for the whole): the checks of its form, but for keys given twice.

    The rules that look beyond the record are asked if there is something around it to look at.
    """
    found: dict[str, list[ValidationError]] = {}
    try:
        record.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        error.update_error_dict(found)
    try:
        if around is not None:
            check_rules(record, around)
    except ValidationError as error:
        later: dict[str, list[ValidationError]] = {}
        error.update_error_dict(later)
        found |= {column: errors for column, errors in later.items() if column not in found}
    for column, errors in found.items():
        for each in errors:
            message = "is required" if each.code in ("blank", "null") else " ".join(each.messages)
            yield "" if column == NON_FIELD_ERRORS else column, _without_field(record, column, message)


def check_given(values: dict[str, object]) -> None:
    """Refuses control characters and the like in fields that have no check of their own. Raises ValueError."""
    for name, value in values.items():
        if isinstance(value, str):
            check_text(name, value)


def _without_field(record: models.Model, column: str, message: str) -> str:
    """The message without the field's name, which the path says."""
    if column == NON_FIELD_ERRORS:
        return message
    name, _, rest = message.partition(": ")
    title = str(record._meta.get_field(column).verbose_name)  # type: ignore[union-attr]
    return rest if rest and name.lower() in (column, title.lower()) else message
