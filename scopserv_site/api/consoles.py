"""The API of each console: all kinds of record that its pages have, one document, and errors as JSON."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path, reverse
from ninja import NinjaAPI, Query, Swagger
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.responses import Response

from dialplan.refusal import Refused
from scopserv_site.api.answers import problem, standing
from scopserv_site.api.document import FARTHEST, FIRST, LONGEST_QUERY, MOST, document
from scopserv_site.api.operations import Operations
from scopserv_site.api.reading import TokenLogin, addressed, body_of
from scopserv_site.records.addons import addon_resources
from scopserv_site.records.dialplan import DIALPLAN
from scopserv_site.records.resource import Key, Resource
from scopserv_site.records.sections import SECTIONS
from scopserv_site.records.site import SITE
from scopserv_site.records.sounds import SOUNDS
from scopserv_site.records.writing import BadRecords, RecordFault
from scopserv_site.sites import Console, operator_console, tenant_console
from tenants.life.limits import limits_of
from tenants.schema import current_slug
from tenants.tokens import token_of

ABOUT = "All that the console's pages keep, for programs. Log in with `Authorization: Bearer TOKEN`; tokens are made under API tokens."
NOTHING = "There is nothing at this address; see docs and openapi.json below /api/."

Resources = Callable[[], Iterable[Resource]]


def tenant_resources() -> list[Resource]:
    """What a tenant's console keeps; of addons, those that it may use."""
    limits = limits_of(current_slug())
    return [*SECTIONS, SOUNDS, *DIALPLAN, *(each for each in addon_resources("tenant") if limits.allows(each.addon.name))]


def operator_resources() -> list[Resource]:
    """What the operators' console keeps."""
    return [*SITE, *addon_resources("server")]


class ConsoleAPI(NinjaAPI):
    """An API whose kinds of record are known when it is asked, as addons come and go."""

    def __init__(self, title: str, site: Console, resources: Resources) -> None:
        super().__init__(
            title=title,
            version="1",
            urls_namespace=f"api-{site.name}",
            auth=TokenLogin(),
            docs=Swagger({"validatorUrl": None}),  # else the page would ask one outside
            docs_decorator=lambda view: _for_people_of(site, view),
        )
        self.resources = resources
        self.get("/status")(_status)
        _add_operations(self, site)
        _answer_errors(self)

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        return document(self.title, ABOUT, reverse(f"{self.urls_namespace}:api-root"), self.resources())


def api_urls(api: ConsoleAPI) -> list[URLPattern | URLResolver]:
    """What stands at /api/, and nothing below it that is a page."""
    return [path("api/", _nothing), path("api/", api.urls), re_path(r"^api(?:/|$)", _nothing)]


def _nothing(request: HttpRequest) -> HttpResponse:
    return problem(404, NOTHING)


def tenant_api() -> ConsoleAPI:
    """The API of a tenant's console."""
    return ConsoleAPI("Phone console", tenant_console, tenant_resources)


def operator_api() -> ConsoleAPI:
    """The API of the operators' console."""
    return ConsoleAPI("Operators' console", operator_console, operator_resources)


def _status(request: HttpRequest) -> Any:
    return standing(places=True)


def _add_operations(api: ConsoleAPI, site: Console) -> None:
    def at(where: str) -> tuple[Operations, Key | None]:
        resource, key = addressed(api.resources(), where)
        return Operations(site, resource), key

    @api.get("/{path:where}")
    def get(
        request: HttpRequest,
        where: str,
        search: str = Query("", max_length=LONGEST_QUERY),
        order: str = Query("", max_length=LONGEST_QUERY),
        limit: int = Query(FIRST, ge=1, le=MOST),
        offset: int = Query(0, ge=0, le=FARTHEST),
    ) -> Any:
        acts, key = at(where)
        if key is None:
            return acts.page(request, search, order, limit, offset)
        return acts.get(request, key) if key else acts.settings(request)

    @api.post("/{path:where}")
    def post(request: HttpRequest, where: str) -> Any:
        acts, key = at(where)
        if key is not None:
            raise HttpError(405, "Records are added where they are listed.")
        return Response(acts.create(request, body_of(request)), status=201)

    @api.patch("/{path:where}")
    def patch(request: HttpRequest, where: str) -> Any:
        acts, key = at(where)
        if not key:
            raise HttpError(405, "Name the record that is to be changed.")
        return acts.change(request, key, body_of(request))

    @api.put("/{path:where}")
    def put(request: HttpRequest, where: str) -> Any:
        acts, key = at(where)
        if key != ():
            raise HttpError(405, "Only settings are put as a whole; change a record with PATCH.")
        return acts.put_settings(request, body_of(request))

    @api.delete("/{path:where}")
    def delete(request: HttpRequest, where: str) -> Any:
        acts, key = at(where)
        if not key:
            raise HttpError(405, "Name the record that is to be deleted.")
        return acts.delete(request, key)


def _for_people_of(site: Console, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The document and its page name addons, so they are for those who may enter."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if site.has_permission(request) or (scheme.lower() == "bearer" and token_of(text) is not None):
            return view(request, *args, **kwargs)
        return problem(401, "Log in to the console, or send a token.")

    return guarded


def _answer_errors(api: NinjaAPI) -> None:
    @api.exception_handler(BadRecords)
    def bad_records(request: HttpRequest, error: BadRecords) -> HttpResponse:
        return problem(422, "Nothing was saved; see errors.", error.faults)

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return problem(409, str(error))

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem(
            422, "Nothing was done; see errors.", [RecordFault(None, tuple(each["loc"][1:]), each["msg"]) for each in error.errors]
        )

    @api.exception_handler(AuthenticationError)
    def stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        answer = problem(401, "Send a token of this console: Authorization: Bearer scp_...")
        answer["WWW-Authenticate"] = "Bearer"
        return answer

    @api.exception_handler(HttpError)
    def http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, str(error))

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return _nothing(request)
