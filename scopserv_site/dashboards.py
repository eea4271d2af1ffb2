"""What the first page of each console shows."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django_tenants.utils import get_public_schema_name

from addons.discovery.registry import registry
from addons.models import AddonState, Record
from addons.server.models import ServerRecord, ServerState
from dialplan.deploy.asterisk import find_asterisk
from dialplan.deploy.models import Node
from dialplan.deploy.status import with_counts
from dialplan.models import Extension, IncomingLine, OutgoingLine, Phone, Revision
from scopserv_site.visits.switcher import visit_button
from tenants.access import may
from tenants.life.limits import limits_of, used_of
from tenants.models import Tenant
from tenants.schema import current_slug

SECTION_TILES = (
    ("Phones", "deskphone", Phone),
    ("Incoming lines", "call_received", IncomingLine),
    ("Outgoing lines", "call_made", OutgoingLine),
)


def operator_dashboard() -> dict[str, Any]:
    """Tenants, nodes and addons, for operators."""
    nodes = list(with_counts(Node.objects.all()))
    tenants = Tenant.objects.exclude(schema_name=get_public_schema_name())
    counts = dict(ServerRecord.objects.order_by().values_list("addon").annotate(Count("id")))
    errors = dict(ServerState.objects.filter(enabled=True).exclude(error="").values_list("addon", "error"))
    off = ServerState.off()
    return {
        "title": "Dashboard",
        "tenants": [(tenant, visit_button(tenant)) for tenant in tenants.prefetch_related("domains").order_by("-created")[:10]],
        "tenant_count": tenants.count(),
        "nodes": nodes,
        "waiting_count": sum(node.waiting_count for node in nodes),  # type: ignore[attr-defined]
        "wants_asterisk": all(node.files_only for node in nodes) and find_asterisk() is None,
        "addons": [
            {
                "addon": addon,
                "records": counts.get(addon.name, 0),
                "error": errors.get(addon.name, ""),
                "is_off": addon.name in off,
                "url": _addon_url(addon, "server"),
            }
            for addon in registry.addons
        ],
        "broken": registry.broken,
    }


def tenant_dashboard(site: AdminSite, request: HttpRequest) -> dict[str, Any]:
    """A tenant's sections with their counts, and what was committed lately; all of it only for those who may see it."""

    def sees(app: str, model: str = "record") -> bool:
        return may(request.user, f"{app}.view_{model}")

    limits = limits_of(current_slug())
    counts = dict(Record.objects.order_by().values_list("addon").annotate(Count("id")))
    tiles = [
        {
            "name": name,
            "icon": icon,
            "count": used_of(model.objects.count(), limits.phones if model is Phone else None),
            "url": reverse(f"admin:dialplan_{model._meta.model_name}_changelist"),
        }
        for name, icon, model in SECTION_TILES
        if sees("dialplan", str(model._meta.model_name))
    ]
    tiles += [
        {"name": str(addon.info.name), "icon": "extension", "count": counts.get(addon.name, 0), "url": _addon_url(addon, "tenant")}
        for addon in registry.addons
        if addon.info.scope == "tenant" and addon.is_list and addon.name in counts and sees(addon.name) and limits.allows(addon.name)
    ]
    sees_revisions, sees_lines = sees("dialplan", "revision"), sees("dialplan", "extension")
    return {
        "title": "Dashboard",
        "tiles": tiles,
        "first_steps": may(request.user, "dialplan.add_phone") and not Phone.objects.exists(),
        "sees_revisions": sees_revisions,
        "revisions": [(revision, ago(revision.created)) for revision in Revision.objects.all()[:8]] if sees_revisions else (),
        "sees_lines": sees_lines,
        "line_count": Extension.objects.filter(replaced_by="").count() if sees_lines else 0,
        "failing": [state for state in AddonState.objects.exclude(error="") if sees(state.addon) and limits.allows(state.addon)],
        "call_limit": limits.calls,
    }


def ago(moment: datetime) -> str:
    """How long ago, in the largest unit alone."""
    return "just now" if timezone.now() - moment < timedelta(minutes=1) else f"{timesince(moment, depth=1)} ago"


def _addon_url(addon: Any, scope: str) -> str:
    if addon.info.scope != scope or not addon.params:
        return ""
    return reverse(f"admin:{addon.name}_record_changelist")
