"""Every address that a console answers, read from its own table of addresses: a new page is there by itself."""

import re
from collections.abc import Iterable, Iterator, Sequence

from django.urls import URLPattern, URLResolver, get_resolver

from scopserv_site.records.resource import Resource

ENDING = ("login", "logout")  # they end or begin sessions
_ARGUMENT = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>|\(\?P<(?P<named>\w+)>(?:[^()]|\([^()]*\))*\)")


def routes(urlconf: str) -> list[str]:
    """All routes, with their arguments as they are declared."""
    found = dict.fromkeys(_below("", get_resolver(urlconf).url_patterns))
    return [route for route in found if not is_ending(route)]


def is_ending(address: str) -> bool:
    """Whether it ends the session, or begins another one."""
    return address.strip("/").rpartition("/")[2] in ENDING


def addresses(route: str, values: Sequence[str]) -> Iterator[str]:
    """The addresses of a route with each of these values in all of its arguments."""
    if not _ARGUMENT.search(route):
        yield route
        return
    for value in values:
        yield _ARGUMENT.sub(lambda _, value=value: value, route)  # type: ignore[misc]


def api_addresses(resources: Iterable[Resource], keys: Sequence[str]) -> Iterator[str]:
    """The addresses of an API's records, by the keys that are given."""
    for resource in resources:
        yield f"/api/{resource.path}"
        for key in keys:
            yield f"/api/{resource.path}/{'/'.join([key] * max(1, len(resource.names)))}"


def _below(start: str, patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        route = start + _plain(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _below(route, pattern.url_patterns)
        else:
            yield route if route.startswith("/") else f"/{route}"


def _plain(route: str) -> str:
    return route.removeprefix("^").removesuffix("$").removesuffix(r"\Z").replace("\\", "")
