"""Operators' pages of trunks."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.forms import Form
from django.http import HttpRequest
from django_tenants.utils import get_public_schema_name

from dialplan.changes import Change
from dialplan.committing import CommittingAdmin, RefusableForm
from dialplan.kept_secrets import KeptSecretForm
from dialplan.models import IncomingLine, OutgoingLine
from dialplan.trunks.lending import concerned, lent
from dialplan.trunks.models import Trunk
from dialplan.trunks.registering import registering_node
from tenants.models import Tenant
from tenants.schema import open_tenant
from tenants.words import counted


class TrunkForm(KeptSecretForm, RefusableForm):
    kept_field = "secret"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("user"):
            cleaned["secret"] = ""  # it is that user's
        return cleaned


class TrunkAdmin(CommittingAdmin):
    """A trunk is on the nodes of the tenants that it is lent to; lending it, or taking it back, rebuilds those."""

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
        return ["name", "registers_on"] if obj else []  # tenants' lines name it

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        (name, options), *others = self.fieldsets
        fields = [*options["fields"], "registers_on"] if obj and obj.register else options["fields"]
        return [(name, {**options, "fields": fields}), *others]

    @admin.display(description="registers on")
    def registers_on(self, trunk: Trunk) -> str:
        node = registering_node(trunk)
        return f"{node}, where its calls arrive: the tenants whose numbers it carries belong there" if node else "no node carries it yet"

    @admin.display(description="lent to")
    def lent(self, trunk: Trunk) -> str:
        return "all tenants" if trunk.all_tenants else ", ".join(tenant.name for tenant in trunk.tenants.all()) or "nobody yet"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).prefetch_related("tenants")

    def touch(self, change: Change, note: str) -> None:
        change.all_nodes = True

    def save_related(self, request: HttpRequest, form: Form, formsets: Any, change: bool) -> None:
        trunk, now = form.instance, form.cleaned_data  # type: ignore[attr-defined]
        before = _lent(form.initial["all_tenants"], form.initial["tenants"]) if change else frozenset()
        with self.changing(request) as current:
            for slug in concerned(before, _lent(now["all_tenants"], now["tenants"]), form.changed_data):
                current.touch(self.kind, f"trunk {trunk} changed", slug=slug)
            super().save_related(request, form, formsets, change)
        for slug in sorted(before - _lent(now["all_tenants"], now["tenants"])):
            if lines := _lines_on(trunk, slug):
                messages.warning(request, f"Off from now on, as on this trunk: {counted(lines, 'line')} of {slug}.")

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        self.delete_queryset(request, Trunk.objects.filter(pk=obj.pk))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not obj.claims.exists())

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "tenants":
            kwargs["queryset"] = Tenant.objects.exclude(schema_name=get_public_schema_name())
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        gone = queryset.filter(claims__isnull=True)
        with self.changing(request) as current:
            for trunk in gone:
                for slug in _lent(trunk.all_tenants, trunk.tenants.all()):
                    current.touch(self.kind, f"trunk {trunk} deleted", slug=slug)
            super().delete_queryset(request, gone)


def _lines_on(trunk: Trunk, slug: str) -> int:
    with open_tenant(slug):
        return sum(model.objects.filter(trunk=trunk.name).count() for model in (IncomingLine, OutgoingLine))


def _lent(everyone: bool, tenants: Iterable[Tenant]) -> frozenset[str]:
    return lent(everyone, (tenant.slug for tenant in tenants))
