"""The rules that look beyond one record: what exists, what is lent, what is taken, what the nodes can run."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from dialplan.build.model import Line
from dialplan.build.policy import check_staff_line
from dialplan.build.sections import INTERNAL
from dialplan.changes import CLAIMS, lock
from dialplan.destinations import HANGUP, normalise
from dialplan.models import STAFF, AstDBEntry, Extension, IncomingLine, OutgoingLine, Phone
from dialplan.origins import title_of, writer_of
from dialplan.surroundings import Surroundings
from dialplan.trunks.carriers import same_carrier
from dialplan.trunks.models import ClaimedNumber, Trunk
from tenants.schema import current_slug

_SET = re.compile(r"\[[^\]]*\]")


def check(record: models.Model) -> None:
    """Checks a record of the open tenant as a whole, its own fields included. Raises ValidationError."""
    record.full_clean()
    check_rules(record)


def check_rules(record: models.Model, around: Surroundings | None = None) -> None:
    """Checks what a record says against all that is around it. Raises ValidationError by field."""
    if rule := RULES.get(type(record)):
        rule(record, around or Surroundings())


def missing_application(nodes: Mapping[str, Iterable[str]], applications: Iterable[str]) -> str:
    """A message when a node is known to lack one of these applications; "" when none is. `nodes` are the applications of each."""
    for node, known in nodes.items():
        folded = {name.lower() for name in known}
        for application in applications:
            if known and application.lower() not in folded:
                close = get_close_matches(application, known, 3)
                hint = f"did you mean {' or '.join(close)}?" if close else "is its module loaded there?"
                return f"Asterisk on {node} has no application {application!r}; {hint}"
    return ""


def _phone(phone: Phone, around: Surroundings) -> None:
    errors: dict[str, str] = {}
    stored = Phone.objects.filter(pk=phone.pk).values_list("number", flat=True).first() if phone.pk else None
    if phone.number != stored and (origin := around.taken_by(INTERNAL, phone.number, "section:phone")):
        errors["number"] = f"{phone.number} is in use already, by {title_of(origin)}; choose another number."
    if phone.context not in around.contexts:
        errors["context"] = f"There is no context {phone.context!r}; make it first under Contexts, or use {INTERNAL}."
    _raise(errors)


def _line_in(line: IncomingLine, around: Surroundings) -> None:
    errors = _not_lent(line.trunk, around)
    if line.destination == INTERNAL:
        errors["destination"] = f"A call from outside must not arrive in {INTERNAL}, where it could dial anything; name a phone."
    elif line.destination == HANGUP:
        errors["destination"] = "A number that only hangs up needs no line; delete the line instead."
    else:
        try:
            normalise(line.destination)
        except ValueError as error:
            errors["destination"] = f"{str(error)[0].upper()}{str(error)[1:]}."
    if "trunk" not in errors:
        lock(CLAIMS)
        carrier = around.carriers[line.trunk]
        if ClaimedNumber.objects.filter(trunk__name__in=carrier, number=line.number).exclude(slug=current_slug()).exists():
            more = " or another one of the same carrier" if len(carrier) > 1 else ""
            errors["number"] = f"{line.number} is in use already on trunk {line.trunk}{more}."
    _raise(errors)


def _line_out(line: OutgoingLine, around: Surroundings) -> None:
    errors = _not_lent(line.trunk, around)
    shortest = len(_SET.sub("X", line.pattern.rstrip("!")))  # the '.' at the end stands for one at least
    if line.strip >= shortest and not line.prepend:
        errors["strip"] = f"Nothing would be left of a number such as {line.pattern}, which has {shortest}; take off fewer."
    if twin := OutgoingLine.objects.filter(pattern=line.pattern).exclude(pk=line.pk).first():
        errors["pattern"] = f"Outgoing line {twin.name} has the pattern {line.pattern} already."
    _raise(errors)


def _trunk(trunk: Trunk, around: Surroundings) -> None:
    """Numbers tell accounts at one carrier apart, so none may be on two of them."""
    lock(CLAIMS)
    accounts = same_carrier([*Trunk.objects.exclude(pk=trunk.pk), trunk])[trunk.name]
    own = dict(ClaimedNumber.objects.filter(trunk_id=trunk.pk).values_list("number", "slug"))
    others = ClaimedNumber.objects.filter(trunk__name__in=accounts, number__in=own).exclude(trunk_id=trunk.pk)
    for other in others.select_related("trunk"):
        if other.slug != own[other.number]:
            _raise({"host": f"Trunk {other.trunk} is there, too, and carries {other.number} for another tenant; take it from one of them."})


def _not_lent(trunk: str, around: Surroundings) -> dict[str, str]:
    if trunk in around.trunks:
        return {}
    usable = f"use {', '.join(around.trunks)}" if around.trunks else "ask your operator for one"
    return {"trunk": f"There is no trunk {trunk!r} for this tenant; {usable}."}


def _extension(line: Extension, around: Surroundings) -> None:
    if line.origin != STAFF:
        raise ValidationError(f"This line is written by {writer_of(line.origin, line.source)}; change it there.")
    if line.context not in around.contexts:
        raise ValidationError({"context": f"There is no context {line.context!r}; make it first under Contexts."})
    try:
        check_staff_line(Line(line.context, line.exten, line.priority, line.application, line.data))
    except ValueError as error:
        raise ValidationError(str(error)) from None
    if line.application and (message := missing_application(around.applications, [line.application])):
        raise ValidationError({"application": message})


def _entry(entry: AstDBEntry, around: Surroundings) -> None:
    if entry.origin != STAFF:
        raise ValidationError(f"This key is written by {writer_of(entry.origin, entry.source)}; change it there.")


def _raise(errors: dict[str, str]) -> None:
    if errors:
        raise ValidationError(errors)


RULES: dict[type[models.Model], Callable[[Any, Surroundings], None]] = {
    Phone: _phone,
    IncomingLine: _line_in,
    OutgoingLine: _line_out,
    Extension: _extension,
    AstDBEntry: _entry,
    Trunk: _trunk,
}
