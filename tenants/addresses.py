"""Where consoles answer: at host names of their own, or below a path of the main host."""

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

from tenants.models import Tenant

BELOW = "/t/"  # where tenants' consoles stand on the main host, with TENANT_PATHS
LOOPBACK = frozenset({"127.0.0.1", "[::1]"})


def is_main_host(host: str) -> bool:
    """Whether operators' console answers at this host name."""
    return host == settings.MAIN_HOST or (settings.MAIN_HOST == "localhost" and host in LOOPBACK)


def default_domain(slug: str) -> str:
    """Where a tenant's console answers when nothing else is said, and there is wildcard DNS."""
    return f"{slug}.{settings.MAIN_HOST}"


def path_of(slug: str) -> str:
    """Where a tenant's console stands on the main host, with TENANT_PATHS."""
    return f"{BELOW}{slug}"


def console_address(tenant: Tenant | None, *, main: str | None = None, port: str = "") -> str:
    """Host and path of a tenant's console, or (None) of operators'; empty for a tenant that has none.

    With TENANT_PATHS the default domain counts for nothing, as no DNS knows it; a domain of the tenant's own does.
    """
    main = f"{main or settings.MAIN_HOST}{port}"
    if tenant is None:
        return f"{main}/"
    hosts = [each.domain for each in tenant.hosts if not (settings.TENANT_PATHS and each.domain == default_domain(tenant.slug))]
    if hosts:
        return f"{hosts[0]}{port}/"
    return f"{main}{path_of(tenant.slug)}/" if settings.TENANT_PATHS else ""


def console_url(tenant: Tenant | None, request: HttpRequest) -> str:
    """The same as an address to go to from the console that the request is for: by its scheme and port."""
    host, port = split_domain_port(request.get_host())
    address = console_address(tenant, main=host if is_main_host(host) else None, port=f":{port}" if port else "")
    return f"{request.scheme}://{address}" if address else ""
