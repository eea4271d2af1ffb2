"""The addresses of the operators' console, on the main host."""

from django.urls import path

from scopserv_site.sites import operator_console

urlpatterns = [path("", operator_console.urls)]
