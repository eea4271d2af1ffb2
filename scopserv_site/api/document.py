"""The API's document (OpenAPI 3.1), made from the kinds of record that a console has."""

from collections.abc import Iterable, Iterator
from typing import Any

from scopserv_site.records.json_schema import TEXT, Schema
from scopserv_site.records.resource import Resource

FIRST, MOST, FARTHEST = 100, 1000, 10_000_000  # records in one answer, and how many may be left out before them
LONGEST_QUERY = 200

_FLAG: Schema = {"type": "boolean"}
_STANDING: Schema = {
    "revision": {"type": ["integer", "null"], "description": "The newest revision of this company's phone system."},
    "live": {**_FLAG, "description": "Whether all of its Asterisk servers have it."},
}
_PLACE = dict.fromkeys(("node", "text", "reason"), TEXT) | {"live": _FLAG}
_PATH: Schema = {"type": "array", "items": {"type": ["string", "integer"]}, "description": "Where, such as members, 2, phone."}
_FAULT: Schema = {"type": "object", "properties": {"path": _PATH, "message": TEXT}, "required": ["path", "message"]}
_COMMON: Schema = {
    "Standing": {"type": "object", "properties": _STANDING, "required": ["revision", "live"]},
    "Status": {
        "type": "object",
        "properties": _STANDING | {"places": {"type": "array", "items": {"type": "object", "properties": _PLACE}}},
        "required": ["revision", "live", "places"],
    },
    "Problem": {
        "type": "object",
        "properties": {"detail": TEXT, "errors": {"type": "array", "items": _FAULT}},
        "required": ["detail", "errors"],
    },
}
_PROBLEMS = {
    "400": "The body is not JSON.",
    "401": "No token of this console.",
    "403": "The person's role does not allow it.",
    "404": "There is no such record.",
    "409": "It is there already, still in use, or an addon refused it; nothing was saved.",
    "413": "The request is too large.",
    "422": "Something in it is wrong; nothing was saved.",
}


def document(title: str, about: str, root: str, resources: Iterable[Resource]) -> Schema:
    """The whole document; `root` is where the API stands."""
    paths: Schema = {f"{root}status": {"get": _operation("status", "Where changes are live", "Status", "Status")}}
    schemas = dict(_COMMON)
    for resource in resources:
        name, schema = _name(resource), resource.schema()
        schemas |= dict(_schemas(name, resource, schema))
        for path, operations in _paths(name, resource):
            paths[root + path] = operations
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1", "description": about},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"Token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"Token": []}],
    }


def _name(resource: Resource) -> str:
    return "".join(word.title() for word in resource.path.replace("/", "_").split("_"))


def _schemas(name: str, resource: Resource, schema: Schema) -> Iterator[tuple[str, Schema]]:
    yield name, schema
    yield f"{name}Answer", _object({"record": _ref(name), **_STANDING})
    if resource.names:
        yield f"{name}List", _object({"count": {"type": "integer"}, "items": {"type": "array", "items": _ref(name)}, **_STANDING})
    fields = {each: {word: value for word, value in kind.items() if word != "default"} for each, kind in schema["properties"].items()}
    yield f"{name}Changes", {word: value for word, value in schema.items() if word != "required"} | {"properties": fields}


def _paths(name: str, resource: Resource) -> Iterator[tuple[str, Schema]]:
    what, tag, answer = resource.record, resource.title, f"{name}Answer"
    if not resource.names:
        get = _operation(f"get_{name}", "Read the settings", tag, answer)
        put = _operation(
            f"put_{name}", "Replace the settings; what is left out gets its default, but for secrets", tag, answer, f"{name}Changes"
        )
        yield resource.path, {"get": get, "put": put}
        return
    list_all = _operation(f"list_{name}", f"List {tag}", tag, f"{name}List") | {"parameters": list(_queries(resource))}
    yield resource.path, {"get": list_all, "post": _operation(f"add_{name}", f"Add: {what}", tag, answer, name, code="201")}
    keys = [{"name": each, "in": "path", "required": True, "schema": TEXT} for each in resource.names]
    operations = {
        "get": _operation(f"get_{name}", f"Read: {what}", tag, answer),
        "patch": _operation(f"change_{name}", f"Change: {what}; what is left out stays", tag, answer, f"{name}Changes"),
        "delete": _operation(f"delete_{name}", f"Delete: {what}", tag, "Standing"),
    }
    yield "/".join([resource.path, *(f"{{{each}}}" for each in resource.names)]), {"parameters": keys, **operations}


def _queries(resource: Resource) -> Iterator[Schema]:
    fields = f"Field to sort by, with '-' before it for descending; several with commas: {', '.join(resource.order())}."
    number: Schema = {"type": "integer", "minimum": 0}
    for name, schema, words in (
        ("search", {**TEXT, "maxLength": LONGEST_QUERY}, "Words that a record must hold."),
        ("order", {**TEXT, "maxLength": LONGEST_QUERY}, fields),
        ("limit", {**number, "minimum": 1, "maximum": MOST, "default": FIRST}, "How many records to answer."),
        ("offset", {**number, "maximum": FARTHEST, "default": 0}, "How many to leave out before them."),
    ):
        yield {"name": name, "in": "query", "schema": schema, "description": words}


def _operation(name: str, summary: str, tag: str, answer: str, body: str = "", code: str = "200") -> Schema:
    answers = {code: _holding("Done.", answer)} | {each: _holding(words, "Problem") for each, words in _PROBLEMS.items()}
    found: Schema = {"operationId": name, "summary": summary, "tags": [tag], "responses": answers}
    return found | {"requestBody": {"required": True, **_content(body)}} if body else found


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _holding(words: str, schema: str) -> Schema:
    return {"description": words, **_content(schema)}


def _content(schema: str) -> Any:
    return {"content": {"application/json": {"schema": _ref(schema)}}}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
