"""Operators' pages of nodes."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from dialplan.deploy.models import Node
from dialplan.deploy.status import with_counts
from dialplan.kept_secrets import KeptSecretForm


class NodeForm(KeptSecretForm):
    kept_field = "ami_secret"


class NodeAdmin(ModelAdmin):
    """The Asterisk servers: how they are reached, and how they are."""

    form = NodeForm
    empty_hint = "A node is an Asterisk server. To try one here without installing anything: manage.py run_asterisk pbx1"
    list_display = ["name", "version", "state", "tenants", "waiting", "last_error", "seen"]
    search_fields = ["name", "folder", "ami_host"]
    list_fullwidth = True
    compressed_fields = True
    readonly_fields = ["asterisk_version", "seen", "error"]
    fieldsets = [
        ("General", {"classes": ["tab"], "fields": ["name", "folder", "files_only", "sip_address"]}),
        ("AMI", {"classes": ["tab"], "fields": ["ami_host", "ami_port", "ami_user", "ami_secret"]}),
        ("State", {"classes": ["tab"], "fields": ["asterisk_version", "seen", "error"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["name", *self.readonly_fields] if obj else self.readonly_fields  # it stands in its files, and workers are told it

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fieldsets if obj else self.fieldsets[:2]

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_counts(super().get_queryset(request))

    @display(description="Asterisk", ordering="asterisk_version")
    def version(self, node: Node) -> str:
        return "files only" if node.files_only else node.short_version or "not seen yet"

    @display(description="state", label={"live": "success", "waiting": "warning", "error": "danger"})
    def state(self, node: Node) -> str:
        if node.trouble:  # type: ignore[attr-defined]
            return "error"
        return "waiting" if self.waiting(node) else "live"

    @display(description="tenants")
    def tenants(self, node: Node) -> int:
        return node.tenant_count  # type: ignore[attr-defined]

    @display(description="waiting")
    def waiting(self, node: Node) -> int:
        return node.waiting_count  # type: ignore[attr-defined]

    @display(description="last error")
    def last_error(self, node: Node) -> str:
        return node.trouble[:80]  # type: ignore[attr-defined]
