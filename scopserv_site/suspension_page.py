"""Asks an operator whether a tenant is to be suspended, or brought back, and does it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from dialplan.refusal import Refused
from dialplan.suspending import resume, suspend
from tenants.models import Tenant


def suspension_page(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """GET asks; POST with `do` (suspend, resume) does it, also where it is done already."""
    tenant: Tenant | None = admin.get_object(request, object_id)
    if tenant is None:
        raise Http404
    if not admin.has_change_permission(request, tenant):
        raise PermissionDenied
    if request.method != "POST":
        context = {**admin.admin_site.each_context(request), "tenant": tenant, "opts": admin.opts, "title": tenant.name}
        return TemplateResponse(request, "scopserv_site/suspension.html", context)
    actor = request.user.get_username()
    try:
        if request.POST.get("do") == "suspend":
            suspend(tenant.slug, actor=actor)
            messages.success(request, f"{tenant.name} is suspended.")
        elif request.POST.get("do") == "resume":
            resume(tenant.slug, actor=actor)
            messages.success(request, f"{tenant.name} is back.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("admin:tenants_tenant_change", args=[tenant.pk]))
