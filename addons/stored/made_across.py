"""The dialplan lines that a record of a server-wide addon made, at all tenants."""

from psycopg import sql

from addons.stored.schemas import across
from dialplan.build.model import HINT
from dialplan.made import MOST, Made
from dialplan.models import Extension
from dialplan.origins import title_of
from tenants.schema import all_slugs


def made_across(origin: str, source: str, most: int = MOST) -> list[Made]:
    """Each line with the tenant that has it, at most so many of them."""

    def select(slug: str) -> sql.Composable:
        return sql.SQL(
            "SELECT {slug}::text, context, exten, priority, application, data, replaced_by FROM {table} "
            "WHERE origin = %(origin)s AND source = %(source)s ORDER BY context, exten, priority"
        ).format(slug=sql.Literal(slug), table=sql.Identifier(slug, Extension._meta.db_table))

    found: list[Made] = []
    for slug, context, exten, priority, application, data, replaced_by in across(all_slugs(), select, {"origin": origin, "source": source}):
        command = data if priority == HINT else f"{application}({data})"
        found.append(Made(f"{slug}-{context}: {exten},{priority or 'hint'}", command, title_of(replaced_by)))
        if len(found) == most:
            break
    return found
