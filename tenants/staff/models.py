from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from tenants.models import CustomRole, Membership, OfTenant, Tenant


class Person(Membership):
    """One of a tenant's people, as its administrators see them: the membership, and of the login what they need to know."""

    class Meta:
        proxy = True
        ordering = ["user__username"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return str(self.user.get_full_name() or self.user.username)


class Role(CustomRole):
    """A role of the tenant's own, as its administrators make it."""

    class Meta:
        proxy = True
        ordering = ["name"]


class Invitation(OfTenant):
    """Lets whoever has its link become one of a tenant's people, once; only the link's fingerprint is kept."""

    history_kind = "invitation"
    history_fields = ("email", "name", "role", "custom_role", "expires", "accepted")

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField("e-mail")
    name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=20, choices=Membership.Role)
    custom_role = models.ForeignKey(CustomRole, on_delete=models.RESTRICT, null=True, blank=True, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    accepted = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(
                "tenant", Lower("email"), condition=models.Q(accepted=None), name="one_open_invitation_per_person_and_tenant"
            )
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_expired(self) -> bool:
        return self.expires <= timezone.now()

    @property
    def role_name(self) -> str:
        """What the role is called, a custom one by its own name."""
        return self.custom_role.name if self.custom_role else self.get_role_display()

    @property
    def inviter(self) -> str:
        """The name of whoever invites, as the invited may know it."""
        person = self.invited_by
        return str(person.get_full_name() or person.username) if person else "An administrator"
