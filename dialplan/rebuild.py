"""Brings the stored rows of a tenant to what its layers say, and makes a revision when that changed what Asterisk should have."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from dialplan.build.layers import Merged, merge
from dialplan.build.model import Entry, Line
from dialplan.build.names import place_entry, place_line
from dialplan.build.pjsip import phone_sections
from dialplan.build.sections import PhoneSpec
from dialplan.build.text import dialplan_text, entries_text, pjsip_text
from dialplan.counting import count_phones
from dialplan.layering import phone_specs, tenant_layers
from dialplan.models import STAFF, AstDBEntry, Extension, Layered, Revision
from dialplan.sounds.models import Sound
from tenants.models import Tenant

Place = tuple[Any, ...]
LINE_PLACE, LINE_VALUES = ("context", "exten", "priority", "origin"), ("application", "data", "replaced_by", "source")
ENTRY_PLACE, ENTRY_VALUES = ("family", "key", "origin"), ("value", "replaced_by", "source")


def rebuild(slug: str, *, actor: str, summary: str) -> int | None:
    """Rebuilds the open tenant; the number of the new revision, or None when Asterisk should have what it had.

    Raises Refused when it has more phones than it may.
    """
    count_phones(slug)
    phones = phone_specs()
    merged = merge(tenant_layers(slug, phones))
    added, removed = store(slug, merged)
    newest = Revision.objects.order_by("-number").values("number", "digest").first() or {"number": 0, "digest": ""}
    digest = _digest(slug, merged, phones)
    if digest == newest["digest"]:
        return None
    revision: int = newest["number"] + 1
    Revision.objects.create(number=revision, digest=digest, actor=actor, summary=summary, added=added, removed=removed)
    return revision


def store(slug: str, merged: Merged) -> tuple[int, int]:
    """Makes the rows equal to the merged layers; how many live lines and keys came and went. Raises UnsafeText."""
    lines = {
        (each.line.context, each.line.exten, each.line.priority, each.origin): (
            each.line.application,
            each.line.data,
            each.replaced_by,
            each.source,
        )
        for each in merged.lines
    }
    entries = {
        (each.entry.family, each.entry.key, each.origin): (each.entry.value, each.replaced_by, each.source) for each in merged.entries
    }
    new_lines, *lines_moved = _store_rows(Extension, LINE_PLACE, LINE_VALUES, lines)
    new_entries, *entries_moved = _store_rows(AstDBEntry, ENTRY_PLACE, ENTRY_VALUES, entries)
    # What no file could hold is refused here, while somebody is there to be told.
    dialplan_text(place_line(slug, Line(place[0], place[1], place[2], *lines[place][:2])) for place in new_lines)
    entries_text(place_entry(slug, Entry(place[0], place[1], entries[place][0])) for place in new_entries)
    came, went = zip(lines_moved, entries_moved, strict=True)
    return sum(came), sum(went)


def _store_rows(
    model: type[Layered], keys: tuple[str, ...], names: tuple[str, ...], wanted: Mapping[Place, tuple[Any, ...]]
) -> tuple[list[Place], int, int]:
    """The places that came to be live, how many, and how many that were live are not so any more or are otherwise."""
    rows, replaced_by, split = model._default_manager, names.index("replaced_by"), len(keys)
    stored = {row[:split]: row[split:] for row in rows.order_by().values_list(*keys, *names, "pk")}  # no model instance for each
    gone = [place for place in stored if place not in wanted and place[-1] != STAFF]
    changed = {row[-1]: place for place, row in stored.items() if place in wanted and row[:-1] != wanted[place]}
    new = [place for place in wanted if place not in stored]
    if gone:
        rows.filter(pk__in=[stored[place][-1] for place in gone]).delete()
    if changed:
        found = list(rows.filter(pk__in=changed))
        for row in found:
            for name, value in zip(names, wanted[changed[row.pk]], strict=True):
                setattr(row, name, value)
        rows.bulk_update(found, names, batch_size=1000)
    if new:
        rows.bulk_create([model(**dict(zip((*keys, *names), (*place, *wanted[place]), strict=True))) for place in new], batch_size=2000)
    live = [place for place in (*changed.values(), *new) if not wanted[place][replaced_by]]
    return live, len(live), sum(not stored[place][replaced_by] for place in (*gone, *changed.values()))


def _digest(slug: str, merged: Merged, phones: Sequence[PhoneSpec]) -> str:
    """A fingerprint of what Asterisk should have: nothing at all while the tenant is suspended."""
    found = hashlib.sha256()
    if not Tenant.objects.filter(schema_name=slug, suspended__isnull=False).exists():
        lines = (f"{line.context}\0{line.exten}\0{line.priority}\0{line.application}\0{line.data}\n" for line in merged.live_lines)
        entries = (f"{entry.family}\0{entry.key}\0{entry.value}\n" for entry in merged.live_entries)
        sounds = "".join(f"{name}\0{ending}\0{digest}\n" for name, ending, digest in Sound.objects.values_list("name", "ending", "digest"))
        found.update("\0".join([slug, sounds, "".join(lines), "".join(entries), pjsip_text(phone_sections(slug, phones))]).encode())
    return found.hexdigest()
