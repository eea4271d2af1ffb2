"""Requests that no page can read: a charset that is none of the web's, or what the database takes in no text or search, such as a NUL."""

import codecs
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

from scopserv_site.api.answers import is_program, problem

NO_SEARCH = "The database cannot look for what this address asks for; take out what you changed in it."
WHY = "This request cannot be read: send UTF-8, and no NUL in the address or in a cookie."


class UnreadableMiddleware:
    """400 before anything looks at the query or the cookies; forms say by themselves what is wrong in a field."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_utf8(request) or any("\0" in text for text in _texts(request)):
            return _refusal(request, WHY)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A list's address may hold a filter by any lookup, such as a regular expression that is none."""
        return _refusal(request, NO_SEARCH) if isinstance(error, DataError) and request.method == "GET" else None


def _refusal(request: HttpRequest, why: str) -> HttpResponse:
    return problem(400, why) if is_program(request) else HttpResponseBadRequest(why, content_type="text/plain")


def _is_utf8(request: HttpRequest) -> bool:
    return request.encoding is None or codecs.lookup(request.encoding).name == "utf-8"


def _texts(request: HttpRequest) -> list[str]:
    asked = [text for name, values in request.GET.lists() for text in (name, *values)]
    return [*asked, *request.COOKIES, *request.COOKIES.values()]
