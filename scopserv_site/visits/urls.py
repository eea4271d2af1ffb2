"""Where the pages stand that lead from console to console."""

from functools import partial
from typing import Any

from django.urls import URLPattern, path

from scopserv_site.visits.going import enter_page, visit_page
from scopserv_site.visits.looking import look_page, stop_page


def visit_urls(site: Any) -> list[URLPattern]:
    """For a console's addresses."""
    return [
        path("visit/", site.admin_view(partial(visit_page, site)), name="visit"),
        path("enter/", partial(enter_page, site), name="enter"),
        path("stop-looking/", site.admin_view(partial(stop_page, site)), name="stop_looking"),
    ]


def look_url(site: Any) -> URLPattern:
    """For operators' console alone."""
    return path("look/", site.admin_view(partial(look_page, site)), name="look")
