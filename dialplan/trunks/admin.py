"""Operators' pages of trunks."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django_tenants.utils import get_public_schema_name

from dialplan.changes import Change
from dialplan.committing import CommittingAdmin, RefusableForm
from dialplan.deploy.wanted import want_all_nodes
from dialplan.kept_secrets import KeptSecretForm
from dialplan.trunks.models import Trunk
from tenants.models import Tenant
from tenants.schema import all_slugs


class TrunkForm(KeptSecretForm, RefusableForm):
    kept_field = "secret"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("user"):
            cleaned["secret"] = ""  # it is that user's
        return cleaned


class TrunkAdmin(CommittingAdmin):
    """A trunk is on every node; lending it, or taking it back, rebuilds the tenants."""

    kind = "trunk"
    form = TrunkForm
    empty_hint = "A trunk is a carrier's SIP peer; tenants to which it is lent take and make calls on it."
    list_display = ["name", "host", "user", "register", "lent"]
    search_fields = ["name", "host"]
    autocomplete_fields = ["tenants"]
    fieldsets = [
        ("General", {"classes": ["tab"], "fields": ["name", "technology", "host", "user", "secret", "register"]}),
        ("Tenants", {"classes": ["tab"], "fields": ["all_tenants", "tenants"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["name"] if obj else []  # tenants' lines name it

    @admin.display(description="lent to")
    def lent(self, trunk: Trunk) -> str:
        return "all tenants" if trunk.all_tenants else ", ".join(tenant.name for tenant in trunk.tenants.all()) or "nobody yet"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).prefetch_related("tenants")

    def touch(self, change: Change, note: str) -> None:
        want_all_nodes()
        for slug in all_slugs():
            change.touch(self.kind, note, slug=slug)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not obj.claims.exists())

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "tenants":
            kwargs["queryset"] = Tenant.objects.exclude(schema_name=get_public_schema_name())
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        super().delete_queryset(request, queryset.filter(claims__isnull=True))
