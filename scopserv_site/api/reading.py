"""What comes in: a token that says who it is, JSON that is no trap, and what an address names."""

import json
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer

from scopserv_site.records.resource import Key, Resource
from tenants.texts import is_clean
from tenants.tokens import token_of


class TokenLogin(HttpBearer):
    """`Authorization: Bearer scp_...`; a session of the console counts for nothing here, so that no page can use it."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        found = token_of(token)
        if found is not None:
            request.user = found.user
        return found


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The object that was sent, as RFC 8259 has it."""
    try:
        found = json.loads(request.body.decode(), parse_constant=_refuse)
    except RequestDataTooBig:
        raise HttpError(413, "The request is too large; send fewer records at once.") from None
    except (ValueError, RecursionError):
        raise HttpError(400, "The body is not JSON in UTF-8.") from None
    if not isinstance(found, dict):
        raise HttpError(400, "The body must be a JSON object.")
    return found


def addressed(resources: Iterable[Resource], path: str) -> tuple[Resource, Key | None]:
    """The kind of record at an address below /api/, and which record; None for all of them, () for the one settings record."""
    for resource in resources:
        if path == resource.path:
            return resource, None if resource.names else ()
        if resource.names and path.startswith(f"{resource.path}/"):
            rest = path.removeprefix(f"{resource.path}/")
            key = (rest,) if len(resource.names) == 1 else tuple(rest.split("/"))
            if len(key) == len(resource.names) and all(key) and is_clean("".join(key)):
                try:
                    return resource, resource.normal(key)
                except ValueError:
                    break
    raise HttpError(404, "There is nothing at this address.")


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
