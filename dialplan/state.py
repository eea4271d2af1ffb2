"""What a node should have, in Asterisk's own names: read from the stored rows, so that a worker computes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialplan.build.model import Entry, Line
from dialplan.build.names import place_entry, place_line
from dialplan.build.pjsip import Section, phone_sections, transport_sections, trunk_sections
from dialplan.build.sections import TrunkSpec
from dialplan.build.sip_names import split_host
from dialplan.build.text import node_dialplan_text, node_pjsip_text
from dialplan.deploy.models import Deployment, ServerEntry
from dialplan.layering import phone_specs
from dialplan.models import AstDBEntry, Extension, Revision
from dialplan.sounds.models import Sound
from dialplan.trunks.models import ClaimedNumber, Trunk
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

    revision: int
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
    revision = Deployment.objects.filter(node=node, slug="").values_list("wanted", flat=True).first() or 0
    trunks = list(Trunk.objects.order_by("name"))
    reached: dict[str, list[str]] = {trunk.name: [] for trunk in trunks}
    for name, slug in ClaimedNumber.objects.filter(slug__in=slugs).values_list("trunk__name", "slug").distinct().order_by("slug"):
        reached[name].append(slug)
    sections = [*transport_sections(node.sip_address)]
    for trunk in trunks:
        sections += trunk_sections(TrunkSpec(trunk.name, *split_host(trunk.host), trunk.user, trunk.secret, trunk.register))
    return DesiredNode(
        revision=revision,
        dialplan_text=node_dialplan_text(slugs, reached),
        pjsip_text=node_pjsip_text(slugs, sections),
        entries=tuple(Entry(*row) for row in ServerEntry.objects.values_list("family", "key", "value")),
    )
