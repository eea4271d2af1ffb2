"""What a node should have, in Asterisk's own names: read from the stored rows, so that a worker computes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialplan.build.model import Entry, Line
from dialplan.build.names import context_name, place_entry, place_line
from dialplan.build.pjsip import Section, phone_sections, transport_sections, trunk_sections
from dialplan.build.sections import TrunkSpec
from dialplan.build.sip_names import split_host
from dialplan.build.text import node_dialplan_text, node_pjsip_text
from dialplan.deploy.models import Deployment, ServerEntry
from dialplan.layering import phone_specs
from dialplan.models import AstDBEntry, Extension, Revision
from dialplan.sounds.models import Sound
from dialplan.trunks.carriers import same_carrier
from dialplan.trunks.models import ClaimedNumber, Trunk
from dialplan.trunks.registering import registering_node
from tenants.models import Tenant
from tenants.schema import open_tenant

if TYPE_CHECKING:
    from dialplan.deploy.models import Node


@dataclass(frozen=True)
class Desired:
    """The state of one tenant that its nodes should have."""

    slug: str
    revision: int
    lines: tuple[Line, ...]
    entries: tuple[Entry, ...]
    pjsip: tuple[Section, ...]
    sounds: Mapping[str, str]  # recordings: the digest of each file


@dataclass(frozen=True)
class DesiredNode:
    """The state of a node's own files, and the AstDB keys of server-wide addons."""

    dialplan_text: str
    pjsip_text: str
    entries: tuple[Entry, ...]


def desired(slug: str) -> Desired:
    """The newest state of a tenant. Raises TenantMissing."""
    with open_tenant(slug):
        newest = Revision.objects.values_list("number", flat=True).first() or 0
        return desired_here(slug, newest)


def desired_here(slug: str, revision: int) -> Desired:
    """The state of the open tenant: nothing at all while it is suspended."""
    if Tenant.objects.filter(schema_name=slug, suspended__isnull=False).exists():
        return Desired(slug, revision, (), (), (), {})
    lines = Extension.objects.filter(replaced_by="").values_list("context", "exten", "priority", "application", "data")
    entries = AstDBEntry.objects.filter(replaced_by="").values_list("family", "key", "value")
    return Desired(
        slug=slug,
        revision=revision,
        lines=tuple(place_line(slug, Line(*row)) for row in lines),
        entries=tuple(place_entry(slug, Entry(*row)) for row in entries),
        pjsip=phone_sections(slug, phone_specs()),
        sounds={sound.file_name(slug): sound.digest for sound in Sound.objects.all()},
    )


def desired_node(node: Node) -> DesiredNode:
    """The newest state of a node's own files."""
    slugs = list(Deployment.objects.filter(node=node, removing=False).exclude(slug="").order_by("slug").values_list("slug", flat=True))
    trunks = [trunk for trunk in Trunk.objects.prefetch_related("tenants").order_by("name") if _is_used(trunk, set(slugs))]
    claimed: dict[str, set[str]] = {trunk.name: set() for trunk in trunks}
    for name, slug in ClaimedNumber.objects.filter(slug__in=slugs, trunk__in=trunks).values_list("trunk__name", "slug").distinct():
        claimed[name].add(context_name(slug, f"in-{name}"))
    carriers = same_carrier(trunks)
    reached = {name: set().union(*(claimed[other] for other in carriers[name])) for name in claimed}
    sections = [*transport_sections(node.sip_address)]
    for trunk in trunks:
        registers = trunk.register and registering_node(trunk) == node
        sections += trunk_sections(TrunkSpec(trunk.name, *split_host(trunk.host), trunk.user, trunk.secret, registers))
    return DesiredNode(
        dialplan_text=node_dialplan_text(slugs, reached),
        pjsip_text=node_pjsip_text(slugs, sections),
        entries=tuple(Entry(*row) for row in ServerEntry.objects.values_list("family", "key", "value")),
    )


def _is_used(trunk: Trunk, slugs: Collection[str]) -> bool:
    """Whether it is lent to one of these tenants."""
    return bool(slugs) if trunk.all_tenants else any(tenant.slug in slugs for tenant in trunk.tenants.all())
