"""The addresses of a tenant's console."""

from django.urls import path

from scopserv_site.sites import tenant_console

urlpatterns = [path("", tenant_console.urls)]
