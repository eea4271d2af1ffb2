"""Two companies with one of everything, of which the second has a word in all its texts that nobody else may ever read."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from psycopg import sql

from addons.authoring.examples import KEYS, example
from addons.declarations.errors import ParamError
from addons.declarations.param import Param
from addons.declarations.params import Text
from addons.declarations.records import clean_record
from addons.discovery.loading import Addon
from addons.discovery.registry import registry
from addons.stored.generated import record_model
from dialplan.changes import changing
from dialplan.claims import settle_claims
from dialplan.models import AstDBEntry, Context, Extension, IncomingLine, OutgoingLine, Phone
from dialplan.trunks.models import Trunk
from tenants.lifecycle import add_domain
from tenants.models import Tenant, User
from tenants.schema import TenantRow, open_tenant
from tenants.tokens import make_token
from tests.people import browser, staff

WORD = "zorblax"
FIRST_ID = 7000  # of what the second company has: ids by which nobody else has anything


def furnish(tenant: Tenant, word: str, digit: str) -> User:
    """Gives the company one of everything, with this word wherever text may stand; its administrator."""
    person = staff(tenant, name=f"{word}-boss")
    make_token(person, tenant, f"{word} billing")
    add_domain(tenant, f"{word}.example.net")
    Trunk.objects.get_or_create(name="carrier", defaults={"host": "127.0.0.9", "all_tenants": True})
    with open_tenant(tenant.slug), changing(actor=person.username) as change:
        Phone.objects.create(number=f"{digit}01", name=f"{word} reception", secret=f"{word}secret1")
        Context.objects.create(name=f"{word}-lobby", description=f"The lobby of {word}.")
        Extension.objects.create(context="internal", exten=f"{digit}99", application="NoOp", data=word)
        AstDBEntry.objects.create(family=word, key="key", value=word)
        IncomingLine.objects.create(number=f"514555010{digit}", name=word, trunk="carrier", destination=f"phone:{digit}01")
        OutgoingLine.objects.create(name=word, pattern=f"{digit}NXXXXXX", trunk="carrier")
        settle_claims(change)
        for kind in ("phone", "staff", "astdb", "line_in", "line_out"):
            change.touch(kind, f"{word} made")
        keys = {**KEYS, "phone": f"{digit}01", "line_in": f"514555010{digit}", "line_out": word, "destination": f"phone:{digit}01"}
        for addon in registry.addons:
            if addon.info.scope == "tenant" and addon.params:
                _add_record(addon, word, keys)
                change.touch(addon.name, f"{word} made")
    _use_pages(tenant, person, word)
    return person


def count_from(first: int, *schemas: str) -> None:
    """Lets the ids of all that is made from now on begin here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, sequencename FROM pg_sequences WHERE schemaname = ANY(%s)", [list(schemas)])
        for place in cursor.fetchall():
            cursor.execute(sql.SQL("ALTER SEQUENCE {} RESTART WITH {}").format(sql.Identifier(*place), sql.Literal(first)))


def state_of(slug: str) -> list[Any]:
    """What a company has, as a transaction can tell: how often its schema was written to, and its rows in the public one."""
    tenant = Tenant.objects.get(schema_name=slug)
    writes = "SELECT '', sum(n_tup_ins + n_tup_upd + n_tup_del)::text FROM pg_stat_xact_all_tables WHERE schemaname = {whose}"
    rows = "SELECT {table}, string_agg(own::text, '' ORDER BY own::text) FROM public.{name} AS own WHERE {column} = {whose}"
    queries = [sql.SQL(writes).format(whose=slug)]
    for model, own in _public_models(tenant):
        ((field, whose),) = own.items()
        column = sql.Identifier(model._meta.get_field(field).column)
        table = model._meta.db_table
        queries.append(sql.SQL(rows).format(table=table, name=sql.Identifier(table), column=column, whose=getattr(whose, "pk", whose)))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(queries))
        return list(cursor.fetchall())


def names_of(tenant: Tenant, word: str) -> Iterator[str]:
    """By what the company's records could be asked for: ids in its schema and in the public one, and keys."""
    yield from (str(FIRST_ID), tenant.slug, word)
    for model, own in _public_models(tenant):
        for pk in model._default_manager.filter(**own).order_by("-pk").values_list("pk", flat=True)[:1]:
            if not isinstance(pk, int) or pk >= FIRST_ID:  # a lower one is also some record of everybody's
                yield str(pk)


def _public_models(tenant: Tenant) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The tables of the public schema whose rows say whose they are, and by what."""
    for model in apps.get_models():
        columns = {field.name for field in model._meta.concrete_fields}
        if model._meta.managed and not issubclass(model, TenantRow) and columns & {"tenant", "slug"}:
            yield model, {"tenant": tenant} if "tenant" in columns else {"slug": tenant.slug}


def _add_record(addon: Addon, word: str, keys: dict[str, str]) -> None:
    record = example(addon.params, keys)
    record |= {param.name: word for param in addon.params if isinstance(param, Text) and not param.key and _takes(param, word)}
    key = str(record[addon.key.name]) if addon.is_list and addon.key else ""
    record_model(addon).objects.create(key=key, data=clean_record(addon.params, record))


def _takes(param: Param, word: str) -> bool:
    try:
        return bool(param.clean(word))
    except ParamError:
        return False


def _use_pages(tenant: Tenant, person: User, word: str) -> None:
    """Does something at the console itself, which keeps a log of that."""
    answer = browser(f"{tenant.slug}.localhost", person).post(
        "/dialplan/context/add/", {"name": f"{word}-yard", "description": word, "_save": "Save"}
    )
    assert answer.status_code == 302, answer.content.decode()
