"""Choosing a role in a form: a built-in one, or one of the tenant's own."""

from typing import Any, NamedTuple

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget

from tenants.models import CustomRole, Membership, Tenant

OWN = "own-"  # what stands before the number of a tenant's own role, as a form sends it


class Given(NamedTuple):
    """A role as models keep it."""

    role: str
    custom_role: CustomRole | None


def value_of(holder: Any) -> str:
    """The choice that says what a membership or invitation has."""
    return f"{OWN}{holder.custom_role_id}" if holder.custom_role_id else holder.role


class RoleField(forms.ChoiceField):
    """A role of the tenant that is offered; its value is a Given."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Viewers only look; editors change phones, lines and addons; administrators may do everything here.")
        super().__init__(label="Role", widget=UnfoldAdminSelectWidget, **kwargs)
        self.own: dict[str, CustomRole] = {}
        self.offer(None)

    def offer(self, tenant: Tenant | None) -> None:
        """Offers the built-in roles, and those of this tenant."""
        self.own = {f"{OWN}{role.pk}": role for role in tenant.roles.all()} if tenant else {}
        built_in = [(role.value, role.label) for role in Membership.Role if role != Membership.Role.CUSTOM]
        self.choices = [*built_in, *((value, role.name) for value, role in self.own.items())]

    def clean(self, value: Any) -> Given:
        value = super().clean(value)
        own = self.own.get(value)
        return Given(Membership.Role.CUSTOM if own else value, own)


class MembershipForm(forms.ModelForm):
    """A membership with one field for its role, whoever's that is."""

    given = RoleField()
    tenant: Tenant | None = None  # whose roles are offered to a new one

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "given" in self.fields:  # not for those who only look
            self.fields["given"].offer(self.instance.tenant if self.instance.tenant_id else self.tenant)  # type: ignore[attr-defined]
            self.fields["given"].initial = value_of(self.instance)

    def clean(self) -> Any:
        cleaned = super().clean()
        if given := self.cleaned_data.get("given"):
            self.instance.role, self.instance.custom_role = given
        return cleaned
