"""Operators' pages of tenants and logins; they join what the packages below keep apart."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_tenants.utils import get_public_schema_name
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.forms import UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from dialplan.changes import changing
from dialplan.committing import RefusableForm
from dialplan.deploy.models import PLACED, Deployment, Node
from dialplan.refusal import Refused
from scopserv_site.life.starting import TenantChoiceField, create_from_form
from scopserv_site.life.tenant_pages import TenantLife
from scopserv_site.limits_form import LIMITS, LimitsForm
from scopserv_site.logins.forms import GivenPasswordForm
from scopserv_site.standing import LIVE, SUSPENDED, TEMPLATE, StandingFilter, standing, standing_order
from scopserv_site.suspension_page import suspension_page
from scopserv_site.visits.switcher import visit_button
from tenants.audit.admin import HistoryAdmin
from tenants.life.limits import exceeded, used_of
from tenants.lifecycle import check_host_free
from tenants.models import Domain, Membership, Tenant, User
from tenants.schema import find_tenant
from tenants.slugs import check_slug
from tenants.staff.inviting import invite_page
from tenants.staff.roles import MembershipForm


class TenantForm(LimitsForm, RefusableForm):
    """A new tenant needs no more than a slug and a name."""

    like = TenantChoiceField(
        Tenant.objects.exclude(schema_name=get_public_schema_name()).order_by("-is_template", "name"),
        label="Start from",
        required=False,
        empty_label="Nothing",
        widget=UnfoldAdminSelectWidget,
        help_text="What that tenant has, the new one gets: phones with new secrets, dialplan, outgoing lines, addons' records, roles and "
        "limits. People, host names and incoming numbers stay that tenant's alone.",
    )
    node = forms.ModelChoiceField(
        Node.objects.all(),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="The Asterisk server that carries it; empty takes the one with the fewest tenants.",
    )
    host = forms.CharField(
        label="Host name",
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Where its console answers; empty makes it SLUG and this console's own host name, or its path /t/SLUG/.",
    )

    class Meta:
        labels = {"schema_name": "Slug"}
        help_texts = {"schema_name": "1 to 16 lower-case letters and digits, a letter first."}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("is_template") and cleaned.get("node"):
            self.add_error("node", "A template is on no node; leave this empty.")
        return cleaned

    def clean_schema_name(self) -> str:
        try:
            return check_slug(self.cleaned_data["schema_name"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_host(self) -> str:
        host = self.cleaned_data["host"].strip()
        if host:
            try:
                check_host_free(host)
            except ValueError as error:
                raise forms.ValidationError(str(error)) from None
        return host


class DomainInline(TabularInline):
    model = Domain
    verbose_name, verbose_name_plural = "host name", "Host names"
    fields = ["domain", "is_primary"]
    extra = 0
    tab = True
    hide_title = True


class MembershipRow(MembershipForm):
    """Whoever is there already is the only choice of their row, as to offer others would ask once for each row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"user", "tenant"} & self.fields.keys() if self.instance.pk else ():
            there = getattr(self.instance, name)
            self.fields[name].widget.widget = UnfoldAdminSelectWidget()
            self.fields[name].widget.choices = [(there.pk, str(there))]


class MembershipInline(TabularInline):
    model = Membership
    verbose_name, verbose_name_plural = "person", "People"
    extra = 0
    tab = True
    hide_title = True
    form = MembershipRow
    fields = ["user", "given"]
    autocomplete_fields = ("user",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("user", "custom_role").prefetch_related("tenant__roles")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        tenant = obj if isinstance(obj, Tenant) else None
        if tenant is not None:
            prefetch_related_objects([tenant], "roles")
        return super().get_formset(request, obj, **{**kwargs, "form": type("Form", (self.form,), {"tenant": tenant})})


class MembershipOfUserInline(MembershipInline):
    verbose_name, verbose_name_plural = "tenant", "Tenants"
    fields = ["tenant", "given"]
    autocomplete_fields = ("tenant",)


class TenantAdmin(TenantLife, HistoryAdmin):
    """Makes and deletes tenants, names their hosts and their people."""

    form = TenantForm
    empty_hint = "A tenant is a company with phones, a dialplan and a console of its own."
    list_display = ["name", "slug", "console", "on_nodes", "used_phones", "state", "created"]
    list_filter = [StandingFilter]
    search_fields = ["name", "schema_name", "domains__domain"]
    show_full_result_count = False
    inlines = [DomainInline, MembershipInline]
    list_fullwidth = True
    compressed_fields = True
    actions = None  # tenants are deleted one at a time, each with its own confirmation
    actions_detail = ["invite", "look", {"title": "More", "items": ["suspension", "move_page", "rename_page", "export_page"]}]
    actions_list = ["restore_page"]

    @action(description="Invite somebody", url_path="invite")
    def invite(self, request: HttpRequest, object_id: str) -> HttpResponse:
        tenant = self.get_object(request, object_id)
        if tenant is None:
            raise Http404("There is no such tenant.")
        return invite_page(self.admin_site, request, tenant, request.path)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        tenants = super().get_queryset(request).exclude(schema_name=get_public_schema_name())
        placed = Deployment.objects.filter(PLACED, slug=OuterRef("schema_name")).order_by("node__name")
        return tenants.annotate(places=ArraySubquery(placed.values("node__name"))).prefetch_related("domains")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fieldsets(request, obj), *([LIMITS] if obj else [])]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj:
            return ["schema_name", "name", "state", "second_factor_required"]
        return ["schema_name", "name", "like", "is_template", "host", "node"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["schema_name", "state", "used_phones"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return self.inlines if obj else []

    @action(description="Suspend or resume", url_path="suspension")
    def suspension(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return suspension_page(self, request, object_id)

    @action(description="Look as its staff do", url_path="look")
    def look(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect(f"{reverse('admin:look')}?tenant={self._tenant(request, object_id).slug}")

    @display(description="slug", ordering="schema_name")
    def slug(self, tenant: Tenant) -> str:
        return tenant.slug

    @display(description="console")
    def console(self, tenant: Tenant) -> str:
        return visit_button(tenant)

    @display(description="nodes")
    def on_nodes(self, tenant: Tenant) -> str:
        return ", ".join(tenant.places) or "none"

    @display(description="phones", ordering="phones")
    def used_phones(self, tenant: Tenant) -> str:
        return used_of(tenant.phones, tenant.phone_limit)

    @display(description="state", ordering=standing_order(), label={LIVE: "success", SUSPENDED: "danger", TEMPLATE: "info"})
    def state(self, tenant: Tenant) -> str:
        return standing(tenant)

    def save_model(self, request: HttpRequest, obj: Tenant, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            with changing(actor=request.user.get_username()) as current:
                current.touch("tenant", f"{obj.name} changed", slug=obj.slug)
            if told := exceeded(obj):
                messages.warning(request, told)
            return
        for line in create_from_form(request, form.cleaned_data):
            messages.info(request, line)
        obj.pk, obj._state.adding = find_tenant(obj.schema_name).pk, False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", "")})

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            request.refusal = str(refusal)  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)


PERSON = ["first_name", "last_name", "email"]


class UserAdmin(DjangoUserAdmin, HistoryAdmin):  # type: ignore[misc]
    """People's logins, and where each may go."""

    form = UserChangeForm
    add_form = UserCreationForm
    add_form_template = "admin/change_form.html"
    change_password_form = GivenPasswordForm
    list_display = ["username", "person", "email", "places", "is_active"]
    list_filter = ["is_superuser", "is_active"]
    list_fullwidth = True
    compressed_fields = True
    filter_horizontal = []
    inlines = [MembershipOfUserInline]
    fieldsets = [(None, {"fields": ["username", "password", *PERSON, "is_superuser", "is_active", "must_change_password", "last_login"]})]
    add_fieldsets = [(None, {"fields": ["username", *PERSON, "password1", "password2", "must_change_password", "is_superuser"]})]
    readonly_fields = ["last_login"]
    actions_detail = ["logging_in", "look"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"must_change_password": True, **super().get_changeform_initial_data(request)}

    @action(description="How they log in", url_path="logging-in")
    def logging_in(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.get_object(request, object_id)
        if person is None:
            raise Http404("There is no such person.")
        return redirect("admin:login_of", person.pk)

    @action(description="Look as they do", url_path="look")
    def look(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect(f"{reverse('admin:look')}?person={object_id}")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("memberships__tenant", "memberships__custom_role")

    @display(description="name", ordering="last_name")
    def person(self, user: User) -> str:
        return user.get_full_name()

    @display(description="may enter")
    def places(self, user: User) -> str:
        if user.is_superuser:
            return "everything, as operator"
        places = [f"{one.tenant.name} ({one.role_name.lower()})" for one in user.memberships.all()]
        return ", ".join(places) or "nothing yet"

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "is_superuser":
            field.label, field.help_text = "Operator", "May enter every console, and manage all tenants, nodes and trunks."
        if field is not None and db_field.name == "is_active":
            field.help_text = "May log in. Take this away rather than delete somebody whose name stands in revisions."
        return field
