"""A tenant's console below a path of the main host, as if it stood there alone."""

from collections.abc import Callable
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.urls import get_script_prefix, set_script_prefix

from tenants.addresses import path_of

Answer = Callable[[HttpRequest], HttpResponse]


def answer_below(slug: str, rest: str, request: HttpRequest, answer: Answer) -> HttpResponse:
    """Answers the request for what stands at `rest` in this tenant's console; its cookies are read and set under names of its own."""
    request.path_info = rest
    request.META["SCRIPT_NAME"] = path_of(slug)
    request.COOKIES = {name.removeprefix(f"{slug}."): text for name, text in request.COOKIES.items() if name.startswith(f"{slug}.")}
    outside = get_script_prefix()
    set_script_prefix(f"{path_of(slug)}/")
    try:
        response = answer(request)
    finally:
        set_script_prefix(outside)
    _keep_cookies(slug, response)
    if isinstance(response, HttpResponseRedirectBase):
        _keep_within(slug, response)
    return response


def _keep_cookies(slug: str, response: HttpResponse) -> None:
    """One browser may be in several consoles of this host, and none of them is to read another one's session."""
    for name, morsel in list(response.cookies.items()):
        del response.cookies[name]
        morsel.set(f"{slug}.{name}", morsel.value, morsel.coded_value)
        morsel["path"] = f"{path_of(slug)}/"
        response.cookies[morsel.key] = morsel


def _keep_within(slug: str, response: HttpResponseRedirectBase) -> None:
    """What `next=` asks for stays in this console, as it does where each has a host of its own."""
    within = response.url.startswith((f"{path_of(slug)}/", settings.STATIC_URL)) and ".." not in unquote(response.url)
    if response.url.startswith("/") and not within:
        response["Location"] = f"{path_of(slug)}/"
