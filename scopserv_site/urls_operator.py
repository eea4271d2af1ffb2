"""The addresses of the operators' console, on the main host."""

from functools import partial

from django.urls import path

from scopserv_site.api.consoles import api_urls, operator_api
from scopserv_site.favicon import FAVICON
from scopserv_site.problem_pages import broken, forbidden
from scopserv_site.sites import operator_console

urlpatterns = [FAVICON, *api_urls(operator_api()), path("", operator_console.urls)]
handler403 = partial(forbidden, operator_console)
handler500 = broken
