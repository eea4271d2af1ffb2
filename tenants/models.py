from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django_tenants.models import DomainMixin, TenantMixin

from tenants.slugs import check_slug


class Tenant(TenantMixin):
    """A company: one PostgreSQL schema, named by its slug."""

    name = models.CharField("company", max_length=100, help_text="The name that people read.")
    created = models.DateTimeField(auto_now_add=True)

    auto_drop_schema = True

    class Meta:
        ordering = ["schema_name"]

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        return self.schema_name

    def clean(self) -> None:
        try:
            check_slug(self.schema_name)
        except ValueError as error:
            raise ValidationError({"schema_name": str(error)}) from None


class Domain(DomainMixin):
    """A host name at which a tenant's console answers."""

    class Meta:
        ordering = ["domain"]

    def clean(self) -> None:
        host = str(vars(self)["domain"]).lower().rstrip(".")
        self.domain = host
        if host == settings.MAIN_HOST:
            raise ValidationError({"domain": f"{host} is the operators' own address; choose another one."})


class User(AbstractUser):
    """A person's login, for all tenants they belong to; a superuser is an operator."""

    @property
    def is_operator(self) -> bool:
        return self.is_active and self.is_superuser


class Membership(models.Model):
    """What a person may do at one tenant."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", "Administrator"
        EDITOR = "editor", "Editor"
        VIEWER = "viewer", "Viewer"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(
        max_length=20,
        choices=Role,
        default=Role.EDITOR,
        help_text="Viewers only look; editors change phones, lines and addons; administrators may do everything at this tenant.",
    )

    class Meta:
        ordering = ["tenant", "user"]
        constraints = [models.UniqueConstraint(fields=["user", "tenant"], name="one_role_per_tenant")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} at {self.tenant}"


class ApiToken(models.Model):
    """Lets a program act for a person at one tenant's console, or at the operators' own (no tenant); only its fingerprint is kept."""

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
