"""Requests that no page can read: a charset that is none of the web's, or a NUL, which the database takes in no text."""

import codecs
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

from scopserv_site.api.answers import is_program, problem

WHY = "This request cannot be read: send UTF-8, and no NUL in the address or in a cookie."


class UnreadableMiddleware:
    """400 before anything looks at the query or the cookies; forms say by themselves what is wrong in a field."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_utf8(request) or any("\0" in text for text in _texts(request)):
            return problem(400, WHY) if is_program(request) else HttpResponseBadRequest(WHY, content_type="text/plain")
        return self.get_response(request)


def _is_utf8(request: HttpRequest) -> bool:
    return request.encoding is None or codecs.lookup(request.encoding).name == "utf-8"


def _texts(request: HttpRequest) -> list[str]:
    asked = [text for name, values in request.GET.lists() for text in (name, *values)]
    return [*asked, *request.COOKIES, *request.COOKIES.values()]
