"""/healthz, for whoever watches the site: it answers at any host, and tells nothing but that pages can be served."""

from collections.abc import Callable

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse

PATH = "/healthz"


class HealthMiddleware:
    """200 "ok", or 503 when the database does not answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != PATH:
            return self.get_response(request)
        well = _database_answers()
        answer = HttpResponse("ok" if well else "unavailable", status=200 if well else 503, content_type="text/plain")
        answer["Cache-Control"] = "no-store"
        return answer


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True
