"""Brings the stored rows of a tenant to what its layers say, and makes a revision when that changed what Asterisk should have."""

from collections.abc import Iterable
from typing import Any

from dialplan.build.layers import Merged, merge
from dialplan.layering import tenant_layers
from dialplan.models import STAFF, AstDBEntry, Extension, Layered, Revision
from dialplan.state import desired_here


def rebuild(slug: str, *, actor: str, summary: str) -> int | None:
    """Rebuilds the open tenant; the number of the new revision, or None when Asterisk should have what it had."""
    merged = merge(tenant_layers(slug))
    added, removed = store(merged)
    newest = Revision.objects.order_by("-number").values("number", "digest").first() or {"number": 0, "digest": ""}
    state = desired_here(slug, newest["number"] + 1)
    if state.digest == newest["digest"]:
        return None
    Revision.objects.create(number=state.revision, digest=state.digest, actor=actor, summary=summary, added=added, removed=removed)
    return state.revision


def store(merged: Merged) -> tuple[int, int]:
    """Makes the rows equal to the merged layers; how many live lines and keys came and went."""
    lines = {
        (placed.line.context, placed.line.exten, placed.line.priority, placed.origin): {
            "application": placed.line.application,
            "data": placed.line.data,
            "replaced_by": placed.replaced_by,
            "source": placed.source,
        }
        for placed in merged.lines
    }
    entries = {
        (placed.entry.family, placed.entry.key, placed.origin): {
            "value": placed.entry.value,
            "replaced_by": placed.replaced_by,
            "source": placed.source,
        }
        for placed in merged.entries
    }
    counts = [
        _store_rows(Extension, ("context", "exten", "priority", "origin"), lines),
        _store_rows(AstDBEntry, ("family", "key", "origin"), entries),
    ]
    return sum(count[0] for count in counts), sum(count[1] for count in counts)


def _store_rows(model: type[Layered], keys: tuple[str, ...], wanted: dict[tuple[Any, ...], dict[str, Any]]) -> tuple[int, int]:
    came, went = 0, 0
    changed: list[Layered] = []
    gone: list[int] = []
    stored = {tuple(getattr(row, key) for key in keys): row for row in model._default_manager.all()}
    for place, row in stored.items():
        values = wanted.get(place)
        if values is None:
            if row.origin != STAFF:
                gone.append(row.pk)
                went += not row.replaced_by
        elif any(getattr(row, name) != value for name, value in values.items()):
            went += not row.replaced_by
            came += not values["replaced_by"]
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
    new = [model(**dict(zip(keys, place, strict=True)), **values) for place, values in wanted.items() if place not in stored]
    came += sum(not row.replaced_by for row in new)
    if gone:
        model._default_manager.filter(pk__in=gone).delete()
    if changed:
        model._default_manager.bulk_update(changed, _fields(wanted.values()), batch_size=1000)
    if new:
        model._default_manager.bulk_create(new, batch_size=2000)
    return came, went


def _fields(values: Iterable[dict[str, Any]]) -> list[str]:
    return list(next(iter(values)))
