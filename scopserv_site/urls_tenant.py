"""The addresses of a tenant's console."""

from functools import partial

from django.urls import path

from scopserv_site.api.consoles import api_urls, tenant_api
from scopserv_site.favicon import FAVICON
from scopserv_site.problem_pages import broken, forbidden
from scopserv_site.sites import tenant_console

urlpatterns = [FAVICON, *api_urls(tenant_api()), path("", tenant_console.urls)]
handler403 = partial(forbidden, tenant_console)
handler500 = broken
