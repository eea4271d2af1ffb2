"""Switches an addon on or off: off takes away exactly what it wrote and brings back what it had replaced."""

from collections.abc import Iterable

from django_tenants.utils import get_public_schema_name, schema_context

from addons.discovery.loading import Addon
from addons.discovery.registry import registry
from addons.models import AddonState
from addons.server.models import ServerState
from dialplan.changes import SERVER, changing
from tenants.audit.trail import note
from tenants.life.limits import limits_of
from tenants.schema import all_slugs, current_slug, open_tenant


def switch(name: str, *, enabled: bool, slugs: Iterable[str] | None = None, actor: str = "") -> list[str]:
    """Enables or disables an addon at some tenants, or everywhere; the tenants whose phones that changed.

    Raises UnknownAddon, TenantMissing, ValueError when a server-wide addon is asked for one tenant, and Refused when its commit fails.
    """
    addon = registry.get(name)
    word = "enabled" if enabled else "disabled"
    with changing(actor=actor, own=frozenset({name}) if enabled else frozenset()) as change:
        if addon.info.scope == "server":
            if slugs is not None:
                raise ValueError(f"Addon '{name}' serves all tenants at once; leave --tenant out.")
            with schema_context(get_public_schema_name()):
                ServerState.objects.update_or_create(addon=name, defaults={"enabled": enabled})
            change.touch(name, f"{addon.info.name} {word}", slug=SERVER)
            note(word, kind="addon", key=name, slug=SERVER)
        else:
            for slug in slugs if slugs is not None else all_slugs():
                with open_tenant(slug):
                    AddonState.objects.update_or_create(addon=name, defaults={"enabled": enabled})
                change.touch(name, f"{addon.info.name} {word}", slug=slug)
                note(word, kind="addon", key=name, slug=slug)
    return change.rebuilt


def retry(name: str, slug: str, actor: str = "") -> None:
    """Runs an addon again that failed, at one tenant or (slug "") for all. Raises Refused when it still fails."""
    with changing(actor=actor, own=frozenset({name})) as change:
        change.touch(name, f"{registry.get(name).info.name} retried", slug=slug)


def addons_here() -> list[Addon]:
    """The addons that the open console shows: those of its scope that it may use, but for the ones that are off."""
    slug = current_slug()
    limits = limits_of(slug)
    off = (AddonState if slug else ServerState).off()
    return [
        addon
        for addon in registry.addons
        if addon.info.scope == ("tenant" if slug else "server") and addon.name not in off and limits.allows(addon.name)
    ]
