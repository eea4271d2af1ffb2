"""A new tenant from operators' form: empty, or like another one."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest

from dialplan.refusal import Refused
from scopserv_site.life.copying import copy_tenant
from tenants.lifecycle import create_tenant
from tenants.models import Tenant
from tenants.schema import TenantMissing


class TenantChoiceField(forms.ModelChoiceField):
    """Tenants to choose from; templates say that they are."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} (template)" if obj.is_template else f"{obj.name} ({obj.slug})"


def create_from_form(request: HttpRequest, given: Mapping[str, Any]) -> list[str]:
    """Makes the tenant; what to say about it. Raises Refused when it cannot be made."""
    like: Tenant | None = given["like"]
    wanted = {
        "name": given["name"],
        "domain": given["host"] or None,
        "node": given["node"].name if given["node"] else None,
        "is_template": given["is_template"],
    }
    try:
        if like is None:
            create_tenant(given["schema_name"], **wanted)
            return []
        return copy_tenant(like.slug, given["schema_name"], **wanted, actor=request.user.get_username()).lines()
    except (ValueError, TenantMissing) as error:
        raise Refused(str(error)) from error
