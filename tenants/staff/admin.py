"""A tenant's people and roles on its own console, for its administrators."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.decorators import action, display

from tenants.audit.admin import HistoryAdmin
from tenants.logins.models import Authenticator
from tenants.models import Membership, Tenant
from tenants.schema import current_slug
from tenants.staff.invitations import open_invitations
from tenants.staff.inviting import invite_page
from tenants.staff.matrix import ACTIONS, MatrixField, rows_of
from tenants.staff.models import Person, Role
from tenants.staff.permissions import split
from tenants.staff.roles import MembershipForm

LAST = "the last administrator here; make somebody else one first, or ask your operator"


def is_last_administrator(person: Membership) -> bool:
    """Whether nobody else could manage the tenant's people; until the transaction ends no other one can stop to."""
    Tenant.objects.select_for_update().get(pk=person.tenant_id)
    active = Membership.objects.filter(tenant_id=person.tenant_id, role=Membership.Role.ADMINISTRATOR, user__is_active=True)
    return active.filter(pk=person.pk).exists() and not active.exclude(pk=person.pk).exists()


class PersonForm(MembershipForm):
    """What somebody may do here; all else about them is theirs."""

    may_be_last = False  # operators, who can make somebody else administrator, may do without one

    class Meta:
        model = Person
        fields = ()

    def clean(self) -> Any:
        cleaned = super().clean()
        loses = self.instance.role != Membership.Role.ADMINISTRATOR
        if "given" in self.cleaned_data and loses and not self.may_be_last and is_last_administrator(self.instance):
            raise ValidationError({"given": f"{self.instance} is {LAST}."})
        return cleaned


class PersonAdmin(HistoryAdmin):
    """Who may enter here, and as what."""

    form = PersonForm
    list_display = ["person", "username", "email", "role_here", "last_login", "second_factor"]
    list_display_links = ["person"]
    search_fields = ["user__username", "user__first_name", "user__last_name", "user__email"]
    search_help_text = "A name, a user name or an e-mail"
    list_fullwidth = True
    compressed_fields = True
    show_full_result_count = False
    actions = None  # people go one at a time, each with a question
    list_after_template = "staff/pending.html"
    change_form_before_template = "staff/person.html"
    actions_detail = ["logging_in"]
    fields = ["person", "username", "email", "last_login", "given"]
    readonly_fields = ["person", "username", "email", "last_login"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        here = super().get_queryset(request).filter(tenant__schema_name=current_slug())
        proved = Authenticator.objects.filter(user=OuterRef("user"), confirmed=True)
        return here.select_related("user", "custom_role", "tenant").annotate(proves=Exists(proved)).order_by("user__username")

    @display(description="name", ordering="user__first_name")
    def person(self, person: Person) -> str:
        return str(person)

    @display(description="user name", ordering="user__username")
    def username(self, person: Person) -> str:
        return person.user.username if person.user.is_active else f"{person.user.username} (may not log in)"

    @display(description="e-mail", ordering="user__email")
    def email(self, person: Person) -> str:
        return person.user.email

    @display(description="role", ordering="role")
    def role_here(self, person: Person) -> str:
        return person.role_name

    @display(description="last login", ordering="user__last_login")
    def last_login(self, person: Person) -> Any:
        return person.user.last_login

    @display(description="second factor", boolean=True)
    def second_factor(self, person: Any) -> bool:
        return bool(person.proves)

    @action(description="How they log in", url_path="logging-in")
    def logging_in(self, request: HttpRequest, object_id: str) -> HttpResponse:
        found = self.get_object(request, object_id)
        return redirect("admin:login_of", found.user_id) if found else redirect("admin:staff_person_changelist")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        waiting = open_invitations(request.tenant) if self.has_add_permission(request) else ()  # type: ignore[attr-defined]
        more = {"invitations": waiting, "here": reverse("admin:staff_person_add")}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_add_permission(request):
            return self.changelist_view(request)
        tenant: Any = request.tenant  # type: ignore[attr-defined]
        return invite_page(self.admin_site, request, tenant, reverse("admin:staff_person_add"))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **{**kwargs, "fields": ["given"]})
        return type(form.__name__, (form,), {"may_be_last": request.user.is_superuser})

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The membership alone, and not of the last administrator; the login stays."""
        may_be_last = request.user.is_superuser
        protected = [] if may_be_last else [f"{each} is {LAST}" for each in objs if is_last_administrator(each)]
        return [str(each) for each in objs], {}, set(), protected

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        lost = ["They can no longer enter this console, and their API tokens here are gone. Their login stays, and is theirs."]
        return super().delete_view(request, object_id, {"consequences": lost, **(extra_context or {})})


class RoleForm(forms.ModelForm):
    """A role's name, and what it grants."""

    permissions = MatrixField(
        label="May do", help_text="Who may change or delete something sees it, too. People and roles are for administrators alone."
    )

    class Meta:
        model = Role
        fields = ("name", "permissions")

    rows: Any = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "permissions" in self.fields:
            self.fields["permissions"].offer(self.rows, self.instance.permissions)  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        same = Role.objects.filter(tenant__schema_name=current_slug(), name__iexact=name).exclude(pk=self.instance.pk)
        if same.exists():
            raise ValidationError(f"There is a role {name!r} already.")
        return name


class RoleAdmin(HistoryAdmin):
    """The roles that the tenant made for itself."""

    form = RoleForm
    empty_hint = "People are administrators, editors or viewers. A role of your own says for each section and addon what its people may do."
    list_display = ["name", "grants", "people"]
    search_fields = ["name"]
    list_fullwidth = True
    compressed_fields = True
    show_full_result_count = False
    actions = None
    fields = ["name", "permissions", "who"]
    readonly_fields = ["who"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        here = super().get_queryset(request).filter(tenant__schema_name=current_slug())
        return here.annotate(people_count=Count("memberships", distinct=True))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["name", "permissions", *(["who"] if obj else [])]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"rows": rows_of(self.admin_site, request)})

    @display(description="may")
    def grants(self, role: Role) -> str:
        actions = [parts[1] for name in role.permissions if (parts := split(name))]
        return ", ".join(f"{action} {count}" for action in ACTIONS if (count := actions.count(action))) or "nothing yet"

    @display(description="people", ordering="people_count")
    def people(self, role: Any) -> int:
        return int(role.people_count)

    @display(description="who has it")
    def who(self, role: Role) -> str:
        return ", ".join(holders(role)) or "Nobody yet: it is given on the page of a person, or with an invitation."

    def save_model(self, request: HttpRequest, obj: Role, form: Any, change: bool) -> None:
        obj.tenant = request.tenant  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        users = [f"{user} has the role {role}" for role in objs for user in holders(role)]
        return [str(each) for each in objs], {}, set(), users

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().delete_view(request, object_id, {"consequences": ["Nobody has it. This cannot be undone."], **(extra_context or {})})


def holders(role: Any) -> list[str]:
    """Those who have a role, and those who are invited to it."""
    people = [str(each.user.get_full_name() or each.user.username) for each in role.memberships.select_related("user")]
    return [*sorted(people), *(f"the invitation to {each}" for each in role.invitations.all())]
