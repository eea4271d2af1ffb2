"""Which console a request is for: the host name decides."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.request import split_domain_port
from django_tenants.utils import get_public_schema_name

from tenants.models import Domain

LOOPBACK = frozenset({"127.0.0.1", "[::1]"})


def is_main_host(host: str) -> bool:
    """Whether operators' console answers at this host name."""
    return host == settings.MAIN_HOST or (settings.MAIN_HOST == "localhost" and host in LOOPBACK)


class TenantHostMiddleware:
    """Opens the tenant of the request's host; a host that nobody owns gets a plain 404 that tells nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection.set_schema_to_public()
        try:
            host = split_domain_port(request.get_host())[0].rstrip(".")
        except DisallowedHost:
            return HttpResponseNotFound("Not found", content_type="text/plain")
        if is_main_host(host):
            request.tenant = None
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        else:
            domain = Domain.objects.select_related("tenant").filter(domain=host).first()
            if domain is None or domain.tenant.schema_name == get_public_schema_name():
                return HttpResponseNotFound("Not found", content_type="text/plain")
            request.tenant = domain.tenant
            connection.set_tenant(domain.tenant)
        return self.get_response(request)
