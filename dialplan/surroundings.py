"""What records of the open tenant are checked against; each answer is read once, so that one of these serves many records."""

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property

from dialplan.build.model import HINT
from dialplan.deploy.wanted import applications_of
from dialplan.models import Context, Extension
from dialplan.trunks.carriers import same_carrier
from dialplan.trunks.models import Trunk
from tenants.life.limits import Limits, limits_of
from tenants.schema import current_slug

TakenBy = Callable[[str, str, str], str]  # context, extension, an origin that does not count -> the origin that answers there, or ""


def taken_by(context: str, exten: str, but: str = "") -> str:
    """The origin whose live lines answer at this extension already, unless it is the one named; "" when it is free."""
    lines = Extension.objects.filter(context=context, exten=exten, replaced_by="").exclude(priority=HINT).exclude(origin=but)
    return lines.values_list("origin", flat=True).first() or ""


class Surroundings:
    """The contexts, trunks and applications that the open tenant has, and who answers at an extension."""

    def __init__(self, taken_by: TakenBy = taken_by) -> None:
        self.taken_by = taken_by

    @cached_property
    def contexts(self) -> frozenset[str]:
        return frozenset(Context.objects.values_list("name", flat=True))

    @cached_property
    def trunks(self) -> tuple[str, ...]:
        """Those that are lent to the tenant."""
        return tuple(Trunk.lent_to(current_slug()).values_list("name", flat=True))

    @cached_property
    def carriers(self) -> dict[str, list[str]]:
        """For each trunk there is, those that are at the same carrier."""
        return same_carrier(Trunk.objects.all())

    @cached_property
    def limits(self) -> Limits:
        """Of the tenant."""
        return limits_of(current_slug())

    @cached_property
    def applications(self) -> dict[str, list[str]]:
        """By node of the tenant."""
        slug = current_slug()
        return applications_of([slug])[slug]


class Taken:
    """The same answers as `taken_by`, for many questions: as things were when it was first asked, and as they will be."""

    FEW = 20  # questions for which not all lines are read

    def __init__(self) -> None:
        self._owners: defaultdict[tuple[str, str], set[str]] | None = None
        self._later: list[tuple[bool, str, str, str]] = []
        self._asked = 0

    def __call__(self, context: str, exten: str, but: str = "") -> str:
        self._asked += 1
        owners = self._now(context, exten) if self._owners is None and self._asked <= self.FEW else self.read()[context, exten]
        return min(owners - {but}, default="")

    def _now(self, context: str, exten: str) -> set[str]:
        """The owners of one extension, looked up for it alone."""
        live = Extension.objects.filter(context=context, exten=exten, replaced_by="").exclude(priority=HINT).order_by()
        owners = set(live.values_list("origin", flat=True))
        for come, *place in self._later:
            if place[:2] == [context, exten]:
                (owners.add if come else owners.discard)(place[2])
        return owners

    def read(self) -> defaultdict[tuple[str, str], set[str]]:
        """Reads the live lines, unless that is done; lines that are stored after it are of no account."""
        if self._owners is None:
            self._owners = defaultdict(set)
            live = Extension.objects.filter(replaced_by="").exclude(priority=HINT).order_by()
            for context, exten, origin in live.values_list("context", "exten", "origin").distinct():
                self._owners[context, exten].add(origin)
            for come, *place in self._later:
                self._note(come, *place)
        return self._owners

    def add(self, context: str, exten: str, origin: str) -> None:
        """Takes an extension as answered, though it is not built yet."""
        self._note(True, context, exten, origin)

    def discard(self, context: str, exten: str, origin: str) -> None:
        """Takes an extension as free of what an origin wrote there, though that is built yet."""
        self._note(False, context, exten, origin)

    def _note(self, come: bool, context: str, exten: str, origin: str) -> None:
        if self._owners is None:
            self._later.append((come, context, exten, origin))
        elif come:
            self._owners[context, exten].add(origin)
        else:
            self._owners[context, exten].discard(origin)
