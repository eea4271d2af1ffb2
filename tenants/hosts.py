"""Which console a request is for: the host name decides, or (with TENANT_PATHS) a path of the main host."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect, JsonResponse
from django.http.request import split_domain_port
from django_tenants.utils import get_public_schema_name

from tenants.addresses import BELOW, is_main_host, path_of
from tenants.models import Tenant
from tenants.paths import answer_below
from tenants.slugs import SLUG


class TenantHostMiddleware:
    """Opens the tenant of the request's host or path; what nobody owns gets a plain 404 that tells nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection.set_schema_to_public()
        try:
            host = split_domain_port(request.get_host())[0]
        except DisallowedHost:
            return _nothing(request.path_info)
        if not is_main_host(host):
            return self._tenant(request, _tenant(domains__domain=host))
        if settings.TENANT_PATHS and f"{request.path_info}/".startswith(BELOW):
            return self._below(request)
        request.tenant = None
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        return self.get_response(request)

    def _below(self, request: HttpRequest) -> HttpResponse:
        slug, slash, rest = request.path_info.removeprefix(BELOW).partition("/")
        tenant = _tenant(schema_name=slug) if SLUG.fullmatch(slug) else None
        if tenant is not None and not slash:
            return HttpResponseRedirect(f"{path_of(slug)}/")
        return answer_below(slug, f"/{rest}", request, lambda request: self._tenant(request, tenant)) if tenant else _nothing(f"/{rest}")

    def _tenant(self, request: HttpRequest, tenant: Tenant | None) -> HttpResponse:
        if tenant is None:
            return _nothing(request.path_info)
        request.tenant = tenant
        connection.set_tenant(tenant)
        return self.get_response(request)


def _tenant(**named: str) -> Tenant | None:
    return Tenant.objects.exclude(schema_name=get_public_schema_name()).filter(**named).first()


def _nothing(path: str) -> HttpResponse:
    if path.startswith("/api/"):
        return JsonResponse({"detail": "Not found", "errors": []}, status=404)
    return HttpResponseNotFound("Not found", content_type="text/plain")
