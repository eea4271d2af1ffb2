"""Where browsers look for an icon on pages that name none, such as a refusal's."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import path


def favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(static("scopserv_site/favicon.svg"))


FAVICON = path("favicon.ico", favicon)
