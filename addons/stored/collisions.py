"""Whether a number that a server-wide addon is given is taken at one of the tenants that it writes to."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import sql

from addons.declarations.records import dialled_numbers
from addons.discovery.loading import Addon
from addons.stored.schemas import across
from dialplan.models import Extension
from dialplan.origins import title_of
from dialplan.refusal import Refused

SHOWN = 5  # tenants in the message


def refuse_collisions(addon: Addon, records: Sequence[Mapping[str, Any]], slugs: Sequence[str]) -> None:
    """Raises Refused when a number of these records answers already, for somebody else, at one of these tenants."""
    numbers = {(context, number) for record in records for _, context, number in dialled_numbers(addon.params, record)}
    if not numbers or not slugs:
        return
    places = sql.SQL(", ").join(sql.SQL("({}, {})").format(*map(sql.Literal, place)) for place in sorted(numbers))

    def select(slug: str) -> sql.Composable:
        return sql.SQL(
            "SELECT DISTINCT {slug}::text, context, exten, origin FROM {table} "
            "WHERE (context, exten) IN ({places}) AND origin <> {own} AND replaced_by IN ('', {own}) AND priority > 0"
        ).format(slug=sql.Literal(slug), table=sql.Identifier(slug, Extension._meta.db_table), places=places, own=sql.Literal(addon.origin))

    taken: dict[tuple[str, str], list[str]] = {}
    for slug, context, exten, origin in across(slugs, select):
        taken.setdefault((context, exten), []).append(f"{slug} (by {title_of(origin)})")
    if taken:
        raise Refused("; ".join(_words(*place, users) for place, users in sorted(taken.items())) + ". Choose another number.")


def _words(context: str, number: str, users: list[str]) -> str:
    more = f" and {len(users) - SHOWN} more" if len(users) > SHOWN else ""
    return f"{number} is in use already in {context} of {', '.join(users[:SHOWN])}{more}"
