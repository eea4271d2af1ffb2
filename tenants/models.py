from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from tenants.audit.models import CONSOLE, NOBODY
from tenants.audit.tracking import Tracked
from tenants.audit.trail import note
from tenants.fields import CheckedCharField
from tenants.slugs import check_slug
from tenants.staff.permissions import grantable
from tenants.texts import check_name


class Tenant(Tracked, TenantMixin):
    """A company: one PostgreSQL schema, named by its slug."""

    history_kind = "tenant"
    history_fields = (
        "schema_name",
        "name",
        "suspended",
        "is_template",
        "second_factor_required",
        "phone_limit",
        "call_limit",
        "addons_allowed",
    )
    history_is_private = True

    name = CheckedCharField(check_name, "company", max_length=100, help_text="The name that people read.")
    created = models.DateTimeField(auto_now_add=True)
    suspended = models.DateTimeField(null=True, blank=True, editable=False)
    is_template = models.BooleanField(
        "template",
        default=False,
        help_text="Offered first to start a new tenant from. It is on no node.",
    )
    second_factor_required = models.BooleanField(
        default=False, help_text="Its people log in with a code from their telephone, too, and are taken to setting that up."
    )
    phone_limit = models.PositiveIntegerField("phones allowed", null=True, blank=True, help_text="Empty for as many as they like.")
    call_limit = models.PositiveIntegerField(
        "calls at once", null=True, blank=True, help_text="Calls on trunks, in and out, at the same time. Empty for as many as they like."
    )
    addons_allowed = models.JSONField(null=True, blank=True, help_text="The addons that this tenant may use; empty for all.")
    # Kept by each rebuild, so that operators' list of a thousand tenants opens none of their schemas.
    phones = models.PositiveIntegerField(default=0, editable=False)

    auto_create_schema = False  # tenants.lifecycle makes it, from a template
    auto_drop_schema = True

    class Meta:
        ordering = ["schema_name"]

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        return self.schema_name

    @property
    def hosts(self) -> list["Domain"]:
        """The host names of its console, the one to go to first."""
        return sorted(self.domains.all(), key=lambda each: each.rank)

    @property
    def history_slug(self) -> str:
        return self.slug

    def clean(self) -> None:
        try:
            check_slug(self.schema_name)
        except ValueError as error:
            raise ValidationError({"schema_name": str(error)}) from None

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.addons_allowed is not None:
            self.addons_allowed = sorted(self.addons_allowed)
        super().save(*args, **kwargs)


class OfTenant(Tracked):
    """Mixed into what stands in the public schema and is a tenant's, whose administrators see its history."""

    history_is_private = True
    goes_with_others = True

    class Meta:
        abstract = True

    @property
    def history_slug(self) -> str:
        tenant: Tenant | None = self.tenant  # type: ignore[attr-defined]
        return tenant.slug if tenant else ""


class Domain(OfTenant, DomainMixin):
    """A host name at which a tenant's console answers."""

    history_kind = "domain"
    history_fields = ("domain", "is_primary")

    class Meta:
        ordering = ["domain"]

    @property
    def rank(self) -> tuple[bool, str]:
        """Which of a tenant's hosts comes first, also where none is the primary one."""
        return not self.is_primary, self.domain

    def clean(self) -> None:
        host = str(vars(self)["domain"]).lower().rstrip(".")
        try:
            host = host.encode("idna").decode()  # as browsers send it
        except UnicodeError:
            raise ValidationError({"domain": f"{host!r} is not a host name."}) from None
        self.domain = host
        if host == settings.MAIN_HOST:
            raise ValidationError({"domain": f"{host} is the operators' own address; choose another one."})


class User(AbstractUser, Tracked):  # type: ignore[misc]
    """A person's login, for all tenants they belong to; a superuser is an operator."""

    history_kind = "user"
    history_fields = ("username", "first_name", "last_name", "email", "is_active", "is_superuser", "must_change_password")
    history_is_private = True

    first_name = CheckedCharField(check_name, _("first name"), max_length=150, blank=True)
    last_name = CheckedCharField(check_name, _("last name"), max_length=150, blank=True)
    must_change_password = models.BooleanField(
        "must change the password", default=False, help_text="Is asked for a password of their own at the next login."
    )

    def clean(self) -> None:
        """Refuses names under which the audit trail shows what nobody's login did."""
        super().clean()
        if (self.username or "").casefold() in (NOBODY, CONSOLE):
            raise ValidationError({"username": f"{self.username} cannot be somebody's name here; choose another one."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        given = self._password  # type: ignore[attr-defined]  # None where a password is merely hashed anew with today's algorithm
        is_changed = given is not None and not self._state.adding
        super().save(*args, **kwargs)
        if is_changed:
            note("password changed", kind="login", key=self.username)

    @property
    def is_operator(self) -> bool:
        return self.is_active and self.is_superuser


class CustomRole(OfTenant):
    """A role that a tenant made for itself: which sections and addons its people see, and which they change."""

    history_kind = "role"
    history_fields = ("name", "permissions")

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="roles")
    name = models.CharField(max_length=40)
    permissions = models.JSONField(default=list, blank=True, help_text='Such as "dialplan.view_phone" and "paging.change_record".')

    class Meta:
        ordering = ["tenant", "name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="one_role_per_name_and_tenant")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuses names that people would take for a built-in role's, and permissions that a role cannot grant."""
        if self.name.strip() != self.name or not self.name.isprintable():
            raise ValidationError({"name": "A role's name has no invisible characters, and no spaces around it."})
        if self.name.casefold() in {word.casefold() for role in Membership.Role for word in (role.value, role.label)}:
            raise ValidationError({"name": f"{self.name} is the name of a role that every company has; choose another one."})
        if not isinstance(self.permissions, list) or (wrong := {*map(str, self.permissions)} - grantable(map(str, self.permissions))):
            shown = ", ".join(sorted(wrong)[:5]) if isinstance(self.permissions, list) else "this"
            raise ValidationError({"permissions": f"No role can grant {shown}; a permission is such as dialplan.view_phone."})


class Membership(OfTenant):
    """What a person may do at one tenant."""

    history_kind = "membership"
    history_fields = ("role", "custom_role")

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", "Administrator"
        EDITOR = "editor", "Editor"
        VIEWER = "viewer", "Viewer"
        CUSTOM = "custom", "Another role"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(
        max_length=20,
        choices=Role,
        default=Role.EDITOR,
        help_text="Viewers only look; editors change phones, lines and addons; administrators may do everything at this tenant.",
    )
    custom_role = models.ForeignKey(CustomRole, on_delete=models.RESTRICT, null=True, blank=True, related_name="memberships")

    class Meta:
        ordering = ["tenant", "user"]
        constraints = [
            models.UniqueConstraint(fields=["user", "tenant"], name="one_role_per_tenant"),
            models.CheckConstraint(
                condition=models.Q(role="custom", custom_role__isnull=False) | (~models.Q(role="custom") & models.Q(custom_role=None)),
                name="a_custom_role_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role_name} at {self.tenant}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """With the tokens of the person's programs there, which would be good again should they come back."""
        ApiToken.objects.filter(user_id=self.user_id, tenant_id=self.tenant_id).delete()
        return super().delete(*args, **kwargs)

    @property
    def role_name(self) -> str:
        """What the role is called, a custom one by its own name."""
        return self.custom_role.name if self.custom_role else self.get_role_display()


class ApiToken(OfTenant):
    """Lets a program act for a person at one tenant's console, or at the operators' own (no tenant); only its fingerprint is kept."""

    history_kind = "token"
    history_fields = ("name", "expires")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, null=True, blank=True, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    used = models.DateTimeField(null=True, blank=True, editable=False)
    expires = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created", "-id"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"
