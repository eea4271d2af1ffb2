"""Where a call can be sent: kinds of place that the phone system has, and those that addons add."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dialplan.build.names import check_did
from dialplan.build.sections import INTERNAL, OUTSIDE
from dialplan.models import Context, Phone

Proposal = tuple[str, str]
Place = tuple[str, str]  # context (short name) and extension


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of destination: "phone", "ringgroup", ...

    `places` lists (key, label) of those that the open tenant has, `exists` says whether one is there, `place` is where its dialplan begins.
    """

    name: str
    label: str
    places: Callable[[], list[Proposal]]
    exists: Callable[[str], bool]
    place: Callable[[str], Place]


HANGUP = "hangup"
_own: list[Kind] = []
_providers: list[Callable[[], Iterable[Kind]]] = []


def provide(provider: Callable[[], Iterable[Kind]]) -> None:
    """Lets a layer above add kinds; it is asked anew each time, as its kinds may come and go."""
    _providers.append(provider)


def kinds() -> dict[str, Kind]:
    """All kinds of destination by name; hanging up is none, as it has no places."""
    return {kind.name: kind for kind in [*_own, *(kind for provider in _providers for kind in provider())]}


def normalise(text: str) -> str:
    """A destination in its one way of writing, "kind:key" or "hangup"; a bare word is a phone's number, else a context's name.

    Raises ValueError when there is nothing of that name in the open tenant.
    """
    if text == HANGUP:
        return HANGUP
    known = kinds()
    name, colon, key = text.partition(":")
    if not colon:
        found = next((f"{each}:{text}" for each in ("phone", "context") if known[each].exists(text)), "")
        if not found:
            raise ValueError(f"there is no phone and no context {text!r}; name one that exists")
        return found
    if name not in known:
        raise ValueError(f"{name!r} is no kind of destination; use {', '.join([*known, HANGUP])}")
    if not known[name].exists(key):
        raise ValueError(f"there is no {known[name].label.lower()} {key!r}")
    return text


def exists(destination: str) -> bool:
    """Whether a destination in its one way of writing is there in the open tenant."""
    name, _, key = destination.partition(":")
    kind = kinds().get(name)
    return destination == HANGUP or (kind is not None and kind.exists(key))


def place_of(destination: str) -> Place | None:
    """The context and extension where a normalised destination begins; None for hanging up, and where its kind is gone."""
    name, _, key = destination.partition(":")
    kind = kinds().get(name)
    return kind.place(key) if kind else None


def command(destination: str) -> list[str]:
    """The dialplan command that sends a call there, for `add_to_dialplan`."""
    place = place_of(destination)
    return ["Goto", f"{{tenant}}-{place[0]}", place[1], "1"] if place else ["Hangup"]


def proposals() -> list[Proposal]:
    """(destination, label) of all that exist in the open tenant, for forms."""
    found = [(f"{kind.name}:{key}", f"{kind.label}: {label or key}") for kind in kinds().values() for key, label in kind.places()]
    return [*found, (HANGUP, "Hang up")]


def _is_outside(number: str) -> bool:
    try:
        check_did(number)
    except ValueError:
        return False
    return True


_own += [
    Kind(
        "phone",
        "Phone",
        places=lambda: [(number, f"{number} {name}".strip()) for number, name in Phone.objects.values_list("number", "name")],
        exists=lambda number: Phone.objects.filter(number=number).exists(),
        place=lambda number: (INTERNAL, number),
    ),
    Kind(
        "context",
        "Context",
        places=lambda: [(name, name) for name in Context.objects.exclude(name=INTERNAL).values_list("name", flat=True)],
        exists=lambda name: name != INTERNAL and Context.objects.filter(name=name).exists(),
        place=lambda name: (name, "s"),
    ),
    Kind("external", "External number", places=list, exists=_is_outside, place=lambda number: (OUTSIDE, number)),
]
