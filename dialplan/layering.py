"""The layers of the open tenant, from its records: sections, then staff's lines, then what the addons gave."""

from collections.abc import Sequence
from typing import Any

from dialplan.build.model import AddLine, Entry, Layer, Line, PutEntry
from dialplan.build.sections import LineInSpec, LineOutSpec, PhoneSpec, line_in_layer, line_out_layer, phone_layer
from dialplan.destinations import place_of
from dialplan.models import STAFF, AstDBEntry, Extension, IncomingLine, OutgoingLine, Phone
from dialplan.signals import layers_wanted
from dialplan.trunks.models import Trunk
from tenants.life.limits import limits_of
from tenants.secret_fields import readable


def tenant_layers(slug: str, phones: Sequence[PhoneSpec]) -> list[Layer]:
    """All layers of the open tenant, lowest first."""
    return [*section_layers(slug, phones), staff_layer(), *addon_layers(slug)]


def phone_specs() -> list[PhoneSpec]:
    """The open tenant's phones, as the build wants them."""
    columns = ("number", "name", "secret", "context", "auto_answer", "ring_seconds")
    return [PhoneSpec(*readable(row)) for row in Phone.objects.order_by("number").values_list(*columns)]


def section_layers(slug: str, phones: Sequence[PhoneSpec]) -> list[Layer]:
    """Phones, incoming and outgoing lines; without lines whose trunk is no longer lent, or that lead to a kind of place that is gone."""
    lent = set(Trunk.lent_to(slug).values_list("name", flat=True))
    rows = IncomingLine.objects.filter(trunk__in=lent).values_list("number", "trunk", "destination")
    goals = [(number, trunk, _goal(destination)) for number, trunk, destination in rows]
    incoming = [LineInSpec(number, trunk, *goal) for number, trunk, goal in goals if goal is not None]
    columns = ("name", "pattern", "trunk", "strip", "prepend", "caller_id")
    outgoing = [LineOutSpec(*row) for row in OutgoingLine.objects.filter(trunk__in=lent).values_list(*columns)]
    calls = limits_of(slug).calls
    return [phone_layer(phones), line_in_layer(incoming, phones, calls), line_out_layer(outgoing, calls)]


def _goal(destination: str) -> tuple[str, str] | None:
    """Where an incoming line leads: a phone or context by its bare name, or the place of another kind of destination."""
    name, colon, key = destination.partition(":")
    if not colon or name in ("phone", "context"):
        return (key or name), ""
    return place_of(destination)


def staff_layer() -> Layer:
    """The lines and keys that staff wrote themselves."""
    lines = Extension.objects.filter(origin=STAFF).values_list("context", "exten", "priority", "application", "data")
    entries = AstDBEntry.objects.filter(origin=STAFF).values_list("family", "key", "value")
    return Layer(STAFF, (*(AddLine(Line(*row)) for row in lines), *(PutEntry(Entry(*row)) for row in entries)))


def addon_layers(slug: str) -> list[Layer]:
    answers: list[tuple[Any, list[Layer]]] = layers_wanted.send(None, slug=slug)  # type: ignore[assignment]
    return [layer for _, layers in answers for layer in layers]
