"""What a node should have of a tenant, or as its own files: read from the database as of one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.db import connection, transaction

from dialplan.build.text import dialplan_text, pjsip_text
from dialplan.changes import unchanging
from dialplan.deploy.job import Wanted
from dialplan.deploy.models import OWN, Deployment, Node
from dialplan.sounds.models import Sound
from dialplan.state import desired, desired_node
from tenants.schema import open_tenant


def wanted_of(node: Node, row: Deployment) -> Wanted:
    """The newest state of what a deployment is about. Raises TenantMissing, and ValueError for what no file can hold."""
    if row.removing:
        return Wanted(row.slug, gone=True)
    if row.slug == OWN:
        with _one_moment():
            own = desired_node(node)
        return Wanted(OWN, own.dialplan_text, own.pjsip_text, own.entries)
    with unchanging(row.slug), _one_moment():  # else it could be in the way of who drops its tables, and be dropped for it
        tenant = desired(row.slug)
    lines = tuple(sorted(tenant.lines))
    texts = dialplan_text(lines), pjsip_text(tenant.pjsip)
    return Wanted(row.slug, *texts, tenant.entries, lines, sounds=tenant.sounds, read_sound=partial(_read_sound, row.slug))


def _read_sound(slug: str, digest: str) -> bytes:
    with unchanging(slug), open_tenant(slug):
        return bytes(Sound.objects.values_list("data", flat=True).filter(digest=digest)[0])


@contextmanager
def _one_moment() -> Iterator[None]:
    """All that is read inside is of one moment, also while somebody saves."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
