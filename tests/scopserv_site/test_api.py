"""The JSON API through its own door: what programs can do, and what nobody can."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from addons.models import Record
from dialplan.changes import changing
from dialplan.deploy.models import Deployment, Node
from dialplan.models import STAFF, AstDBEntry, Context, Extension, Phone, Revision
from dialplan.moving import move
from dialplan.trunks.models import Trunk
from scopserv_site.database.faults import DatabaseDown
from tenants.models import ApiToken, Membership, Tenant, User
from tenants.schema import open_tenant
from tenants.secrets import opened
from tenants.tokens import make_token
from tests.people import browser, operator, staff

HOST = "acme.localhost"
Call = Callable[..., Any]


def program(user: User, tenant: Tenant | None, host: str = HOST, **token: Any) -> Call:
    """call(method, path, body) as a program with a token of this person; the answer has its JSON as .data."""
    text = make_token(user, tenant, "test", **token)[1]
    return caller(host, text)


def caller(host: str, text: str) -> Call:
    client = Client(enforce_csrf_checks=True, HTTP_HOST=host, HTTP_AUTHORIZATION=f"Bearer {text}")

    def call(method: str, path: str, body: Any = None, **query: Any) -> Any:
        options: dict[str, Any] = {"query_params": query}
        if body is not None:
            options |= {"data": body if isinstance(body, str | bytes) else json.dumps(body), "content_type": "application/json"}
        answer: Any = getattr(client, method)(f"/api/{path}", **options)
        answer.data = json.loads(answer.content)
        return answer

    return call


@pytest.fixture
def call(acme: Tenant) -> Call:
    return program(staff(acme), acme)


@pytest.fixture
def operators(db: None) -> Call:
    return program(operator(), None, "localhost")


@pytest.fixture
def phones(acme: Tenant) -> None:
    with open_tenant("acme"), changing() as change:
        Phone.objects.bulk_create([Phone(number=f"10{index}", name=f"Phone {index}") for index in range(1, 6)])
        change.touch("phone")


def test_a_phone_is_added_read_changed_and_deleted(call: Call) -> None:
    before = call("get", "status").data["revision"]
    made = call("post", "phones", {"number": "101", "name": "Alice", "secret": "s101abcd", "ring_seconds": 20})
    assert made.status_code == 201, made.data
    assert made.data["record"]["name"] == "Alice"
    assert made.data["revision"] == before + 1
    assert "secret" not in made.data["record"]
    changed = call("patch", "phones/101", {"name": "Bob"})
    assert (changed.data["record"]["name"], changed.data["record"]["ring_seconds"]) == ("Bob", 20)
    with open_tenant("acme"):
        assert Phone.objects.get().secret == "s101abcd"
        assert Extension.objects.filter(exten="101", origin="section:phone").exists()
        assert "phone 101 changed" in Revision.objects.first().summary
        assert Revision.objects.first().actor == "alice"
    assert call("get", "phones/101").data["record"]["name"] == "Bob"
    assert call("delete", "phones/101").status_code == 200
    assert call("get", "phones/101").status_code == 404
    with open_tenant("acme"):
        assert not Extension.objects.filter(exten="101").exists()


def test_records_of_an_addon_follow_its_params(call: Call, phones: None) -> None:
    made = call("post", "addons/paging", {"number": "*70", "name": "All", "members": [{"phone": "101"}, "102"]})
    assert made.status_code == 201, made.data
    assert made.data["record"]["members"] == [{"phone": "101"}, {"phone": "102"}]
    wrong = call("patch", "addons/paging/*70", {"members": [{"phone": "101"}, {"phone": "999"}], "nam": "x"})
    assert wrong.status_code == 422
    assert {"path": ["nam"], "message": "is unknown; did you mean name?"} in wrong.data["errors"]
    wrong = call("patch", "addons/paging/*70", {"members": [{"phone": "101"}, {"phone": "999"}]})
    assert wrong.data["errors"] == [{"path": ["members", 1, "phone"], "message": "there is no phone '999'"}]
    assert call("post", "addons/paging", {"number": "*70"}).status_code == 409
    assert call("post", "addons/paging", {"number": "101"}).status_code == 422  # taken by the phone
    assert call("delete", "addons/paging/*70").status_code == 200
    with open_tenant("acme"):
        assert not Extension.objects.filter(origin="addon:paging").exists()


def test_a_record_gets_another_name(call: Call, phones: None) -> None:
    call("post", "addons/skeleton", {"number": "*55", "code": "4711", "name": "x"})
    call("post", "addons/paging", {"number": "*70", "members": ["101"]})
    with open_tenant("acme"):
        pk = Record.objects.get(addon="skeleton").pk
    made = call("patch", "addons/skeleton/*55", {"number": "*56", "name": "y"})
    assert (made.status_code, made.data["record"]["number"], made.data["record"]["name"]) == (200, "*56", "y"), made.data
    with open_tenant("acme"):
        record = Record.objects.get(addon="skeleton")
        assert (record.pk, record.key, str(opened(record.data)["code"])) == (pk, "*56", "4711")
        assert not Extension.objects.filter(exten="*55").exists()
        assert Extension.objects.filter(exten="*56").exists()
    assert call("get", "addons/skeleton/*55").status_code == 404
    assert call("patch", "addons/skeleton/*56", {"number": "*70"}).data["errors"][0]["path"] == ["number"]  # a paging group's
    call("post", "addons/skeleton", {"number": "*57"})
    assert call("patch", "addons/skeleton/*56", {"number": "*57"}).status_code == 409
    assert call("patch", "addons/skeleton/*56", {"number": "a b"}).status_code == 422
    assert call("patch", "addons/skeleton/*56", {"number": 7}).data["errors"] == [{"path": ["number"], "message": "must be text"}]
    assert call("patch", "phones/102", {"number": "112", "name": "Bob"}).data["record"]["name"] == "Bob"
    assert call("patch", "phones/101", {"number": "111"}).data["detail"] == "It is still named by paging group *70; change that first."
    assert call("patch", "phones/112", {"number": "103"}).status_code == 409
    assert call("patch", "phones/112", {"number": "x"}).status_code == 422
    assert call("get", "phones/112").status_code == 200
    assert "cannot be changed" in call("patch", "contexts/internal", {"name": "other"}).data["errors"][0]["message"]


def test_secrets_go_in_and_never_out(call: Call) -> None:
    made = call("post", "addons/skeleton", {"number": "*55", "code": "4711"})
    assert made.status_code == 201, made.data
    assert "code" not in made.data["record"]
    assert call("patch", "addons/skeleton/*55", {"name": "x"}).status_code == 200
    for path in ("addons/skeleton", "addons/skeleton/*55"):
        assert "4711" not in call("get", path).content.decode()
    with open_tenant("acme"):
        assert Record.objects.get(addon="skeleton").data["code"]  # kept through the change
    wrong = call("patch", "addons/skeleton/*55", {"code": "secretive"})
    assert wrong.status_code == 422
    assert "secretive" not in wrong.content.decode()


def test_lists_are_searched_ordered_and_paged(call: Call, phones: None) -> None:
    assert call("get", "phones").data["count"] == 5
    page = call("get", "phones", order="-number", limit=2, offset=1).data
    assert (page["count"], [each["number"] for each in page["items"]]) == (5, ["104", "103"])
    assert [each["number"] for each in call("get", "phones", search="phone 3").data["items"]] == ["103"]
    for query in ({"order": "secret"}, {"order": "extra__x"}, {"limit": 0}, {"limit": 10**9}, {"offset": -1}, {"search": "a\u202eb"}):
        assert call("get", "phones", **query).status_code == 422, query


def test_the_number_of_queries_does_not_grow(call: Call, phones: None) -> None:
    for path in ("phones", "addons/paging", "extensions"):
        counts = []
        for limit in (1, 5):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert call("get", path, limit=limit).status_code == 200
            counts.append(len(queries))
        assert counts[1] <= counts[0] <= 12, path


def test_lines_contexts_and_keys(call: Call, phones: None) -> None:
    Trunk.objects.create(name="carrier", host="sip.example.net", all_tenants=True)
    made = call("post", "lines_in", {"number": "5145550100", "trunk": "carrier", "destination": "101"})
    assert made.status_code == 201, made.data
    assert call("get", "lines_in/5145550100/carrier").data["record"]["destination"].endswith("101")
    assert call("post", "lines_out", {"name": "local", "pattern": "9NXXXXXXXXX", "trunk": "carrier", "strip": 1}).status_code == 201
    wrong = call("patch", "lines_out/local", {"trunk": "nobody's"})
    assert (wrong.status_code, wrong.data["errors"][0]["path"]) == (422, ["trunk"])
    assert call("post", "contexts", {"name": "lobby", "description": "Who waits."}).status_code == 201
    lines = [["Answer"], ["Playback", "hello-world"], ["Hangup"]]
    made = call("post", "extensions", {"context": "lobby", "exten": "600", "commands": lines})
    assert (made.status_code, made.data["record"]["commands"]) == (201, lines)
    assert call("patch", "extensions/lobby/600", {"commands": [["Hangup"]]}).data["record"]["commands"] == [["Hangup"]]
    assert call("get", "extensions", search="600").data["count"] == 1
    wrong = call("patch", "extensions/lobby/600", {"commands": [["System", "id"]]})
    assert (wrong.status_code, wrong.data["errors"][0]["path"][0]) == (422, "commands")
    assert call("post", "extensions", {"context": "nowhere", "exten": "1", "commands": lines}).status_code == 422
    assert call("delete", "contexts/internal").status_code == 409
    assert call("delete", "extensions/lobby/600").status_code == 200
    assert call("post", "astdb", {"family": "cid", "key": "5145551234", "value": "Bob"}).status_code == 201
    assert call("patch", "astdb/cid/5145551234", {"value": "Rob"}).data["record"]["value"] == "Rob"
    assert call("delete", "lines_in/5145550100/carrier").status_code == 200
    with open_tenant("acme"):
        assert AstDBEntry.objects.get(origin=STAFF).value == "Rob"
        assert Context.objects.filter(name="lobby").exists()
        assert not Extension.objects.filter(origin=STAFF).exists()


def test_what_is_named_is_not_deleted(call: Call, phones: None) -> None:
    assert call("post", "contexts", {"name": "lobby"}).status_code == 201
    assert call("patch", "phones/101", {"context": "lobby"}).status_code == 200
    refused = call("delete", "contexts/lobby")
    assert (refused.status_code, "101" in refused.data["detail"]) == (409, True)


def test_a_failing_addon_refuses_its_own_record_alone(call: Call, phones: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from addons.discovery.registry import registry

    def commit(pbx: Any) -> None:
        raise RuntimeError("boom")

    import dataclasses

    with registry.temporarily(dataclasses.replace(registry.get("paging"), commit=commit)):
        answer = call("post", "addons/paging", {"number": "*70", "members": ["101"]})
        assert (answer.status_code, "boom" in answer.data["detail"]) == (409, True)
        assert call("patch", "phones/101", {"name": "New"}).status_code == 200
    with open_tenant("acme"):
        assert not Record.objects.filter(addon="paging").exists()


# Who may what


def test_without_a_token_there_is_nothing(acme: Tenant) -> None:
    for client in (Client(HTTP_HOST=HOST), browser(HOST, staff(acme))):
        for path in ("phones", "phones/101", "addons/paging", "status"):
            answer = client.get(f"/api/{path}")
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
            assert "errors" in answer.json()
        assert client.post("/api/phones", "{}", content_type="application/json").status_code == 401


def test_a_token_is_good_at_its_own_console_alone(acme: Tenant, globex: Tenant) -> None:
    user = operator()
    of_acme, own = make_token(user, acme, "a")[1], make_token(user, None, "o")[1]
    assert caller(HOST, of_acme)("get", "phones").status_code == 200
    assert caller("localhost", own)("get", "tenants").status_code == 200
    for host, text in (("globex.localhost", of_acme), ("localhost", of_acme), (HOST, own), ("globex.localhost", own)):
        assert caller(host, text)("get", "status").status_code == 401


@pytest.mark.parametrize("spoil", ["expire", "revoke", "leave", "deactivate", "guess"])
def test_a_token_ends(acme: Tenant, spoil: str) -> None:
    user = staff(acme)
    token, text = make_token(user, acme, "test")
    call = caller(HOST, text if spoil != "guess" else text[:-1] + ("a" if text[-1] != "a" else "b"))
    if spoil == "expire":
        ApiToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    elif spoil == "revoke":
        token.delete()
    elif spoil == "leave":
        Membership.objects.all().delete()
    elif spoil == "deactivate":
        User.objects.update(is_active=False)
    assert call("get", "status").status_code == 401


def test_viewers_only_read(acme: Tenant, phones: None) -> None:
    call = program(staff(acme, Membership.Role.VIEWER), acme)
    assert call("get", "phones").data["count"] == 5
    for method, path in (("post", "phones"), ("patch", "phones/101"), ("delete", "phones/101"), ("post", "addons/paging")):
        assert call(method, path, {"number": "200"}).status_code == 403, (method, path)
    with open_tenant("acme"):
        assert Phone.objects.count() == 5


def test_a_tenant_sees_nothing_of_another(globex: Tenant, phones: None) -> None:
    call = program(staff(globex, name="gus"), globex, "globex.localhost")
    assert call("get", "phones").data["count"] == 0
    assert call("get", "phones/101").status_code == 404
    assert call("delete", "phones/101").status_code == 404
    assert call("get", "tenants").status_code == 404
    assert call("post", "addons/multipage", {"number": "*80"}).status_code == 404


def test_operators_keep_tenants_nodes_and_trunks(operators: Call) -> None:
    node = {"name": "pbx1", "dir": "/tmp/pbx1", "ami": "127.0.0.1:5038", "ami_user": "console", "ami_secret": "s3cret"}
    assert operators("post", "nodes", node).status_code == 201
    assert "s3cret" not in operators("get", "nodes").content.decode()
    made = operators("post", "tenants", {"slug": "initech", "name": "Initech", "node": ["pbx1"]})
    limits = {"suspended": False, "phone_limit": None, "call_limit": None, "addons_allowed": None}
    assert made.data["record"] == {"slug": "initech", "name": "Initech", "domains": ["initech.localhost"], "node": ["pbx1"], **limits}
    assert operators("patch", "tenants/initech", {"name": "Initech Ltd"}).data["record"]["name"] == "Initech Ltd"
    assert operators("post", "trunks", {"name": "carrier", "host": "sip.example.net", "tenants": ["initech"]}).status_code == 201
    assert operators("patch", "trunks/carrier", {"tenants": ["nobody"]}).data["errors"][0]["path"] == ["tenants", 0]
    made = operators("post", "addons/multipage", {"number": "*80", "name": "All", "callers": ["acme"], "tenants": "all"})
    assert made.status_code == 201, made.data
    assert operators("delete", "trunks/carrier").status_code == 200
    assert operators("delete", "tenants/initech").status_code == 200
    assert operators("get", "tenants").data["count"] == 2
    assert operators("post", "nodes", {"name": "pbx2"}).status_code == 422


# Hostile input


@pytest.mark.parametrize(
    "body",
    ["", "nonsense", "[]", "null", '"x"', '{"number": NaN}', "[" * 100_000, b"\xff\xfe", b'{"number": "\xc3\x28"}', "{" * 50_000],
    ids=str,
)
def test_what_is_no_object_is_refused(call: Call, body: str | bytes) -> None:
    assert call("post", "phones", body).status_code == 400


@pytest.mark.parametrize(
    "value",
    ["a\0b", "a\nb", "\ud800", "\u2028", "x" * 9000, 5.5, True, None, [], {}, 10**400, [[[]]], {"a": {"b": 1}}],
    ids=repr,
)
def test_hostile_values_are_refused_by_name(call: Call, value: Any) -> None:
    for path, body in (
        ("phones", {"number": "101", "context": value}),
        ("addons/skeleton", {"number": "*55", "name": value}),
        ("contexts", {"name": value}),
        ("extensions", {"context": "internal", "exten": value, "commands": [["Answer"]]}),
        ("extensions", {"context": value, "exten": "600", "commands": [["Answer"]]}),
        ("extensions", {"context": "internal", "exten": "600", "commands": value}),
        ("astdb", {"family": "cid", "key": value, "value": "1"}),
    ):
        answer = call("post", path, body)
        assert answer.status_code == 422, (path, answer.data)
        assert answer.data["errors"], path
    with open_tenant("acme"):
        assert not Record.objects.exists()
        assert not Phone.objects.exists()


@pytest.mark.parametrize("name", ["a\0b", "a\nb", "\ud800", "\u2028", "x" * 9000], ids=repr)
def test_hostile_names_are_refused_at_the_operators_console(operators: Call, name: str) -> None:
    node = {"name": name, "dir": "/tmp/pbx1", "ami": "127.0.0.1:5038", "ami_user": "console", "ami_secret": "s3cret"}
    for path, body in (("nodes", node), ("trunks", {"name": name, "host": "sip.example.net"}), ("tenants", {"slug": name, "name": "x"})):
        answer = operators("post", path, body)
        assert answer.status_code == 422, (path, answer.data)
        assert answer.data["errors"], path


@pytest.mark.parametrize("commands", ["hacked", "", 5, True, None])
def test_an_extension_that_is_named_like_a_part_of_a_context_changes_no_context(call: Call, commands: Any) -> None:
    with open_tenant("acme"):
        before = list(Context.objects.values())
    answer = call("post", "extensions", {"context": "internal", "exten": "description", "commands": commands})
    assert (answer.status_code, answer.data["errors"][0]["path"]) == (422, ["commands"])
    with open_tenant("acme"):
        assert list(Context.objects.values()) == before
        assert not Extension.objects.filter(exten="description").exists()
    made = call("post", "extensions", {"context": "internal", "exten": "description", "commands": [["Answer"]]})
    assert made.data["record"] == {"context": "internal", "exten": "description", "commands": [["Answer"]]}
    assert call("patch", "extensions/internal/description", {"commands": "hacked"}).status_code == 422
    with open_tenant("acme"):
        assert list(Context.objects.values()) == before


@pytest.mark.parametrize(("error", "status"), [(ZeroDivisionError(), 500), (DatabaseDown("away"), 503)])
def test_what_breaks_is_told_as_json(acme: Tenant, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("scopserv_site.api.consoles.standing", fail)
    token = make_token(staff(acme), acme, "test")[1]
    client = Client(HTTP_HOST=HOST, HTTP_AUTHORIZATION=f"Bearer {token}", raise_request_exception=False)
    answer = client.get("/api/status")
    assert (answer.status_code, set(answer.json())) == (status, {"detail", "errors"})
    monkeypatch.setattr("scopserv_site.sites.status.status_context", fail)
    page = browser(HOST, User.objects.get())
    page.raise_request_exception = False
    assert page.get("/").headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(("host", "path", "status"), [("nobody.localhost", "status", 404), (HOST, "phones?search=%00", 400)])
def test_also_before_any_console_is_found_problems_are_json(acme: Tenant, host: str, path: str, status: int) -> None:
    answer = Client(HTTP_HOST=host).get(f"/api/{path}")
    assert (answer.status_code, set(answer.json())) == (status, {"detail", "errors"})
    assert Client(HTTP_HOST="nobody.localhost").get("/phones").content == b"Not found"


@pytest.mark.parametrize(
    "path", ["", "nothing", "phones/", "phones/%00", "phones/1/2", "lines_in/1", "addons", "addons/nothing/1", "../phones", "phones/%ff"]
)
def test_addresses_that_lead_nowhere(call: Call, path: str) -> None:
    assert call("get", path).status_code == 404


def test_too_large_a_body(call: Call) -> None:
    assert call("post", "phones", json.dumps({"number": "101", "name": "x" * 3_000_000})).status_code == 413


def test_methods_that_do_not_fit(call: Call) -> None:
    assert call("post", "phones/101", {}).status_code == 405
    assert call("put", "phones/101", {}).status_code == 405
    assert call("delete", "phones").status_code == 405


# The document


def test_the_document_and_its_page_need_nothing_from_outside(acme: Tenant) -> None:
    client = browser(HOST, staff(acme))
    page = client.get("/api/docs").content.decode()
    assert "https://" not in page
    assert "http://" not in page
    assert '"validatorUrl": null' in page
    for asset in ("ninja/swagger-ui-bundle.js", "ninja/swagger-ui.css", "ninja/swagger-ui-init.js"):
        assert asset in page
    document = client.get("/api/openapi.json").json()
    assert document["components"]["schemas"]["AddonsPaging"]["properties"]["members"]["items"]["required"] == ["phone"]
    assert document["components"]["schemas"]["AddonsSkeleton"]["properties"]["code"]["writeOnly"] is True
    assert "/api/addons/paging/{number}" in document["paths"]
    assert "/api/tenants" not in document["paths"]
    assert Client(HTTP_HOST=HOST).get("/api/openapi.json").status_code == 401
    assert caller(HOST, make_token(User.objects.get(), acme, "doc")[1])("get", "openapi.json").status_code == 200


def test_every_reference_in_the_document_leads_somewhere(acme: Tenant, operators: Call) -> None:
    for document in (program(staff(acme), acme)("get", "openapi.json").data, operators("get", "openapi.json").data):
        text = json.dumps(document)
        for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
            assert name in document["components"]["schemas"]
        names = [each["operationId"] for path in document["paths"].values() for name, each in path.items() if name != "parameters"]
        assert len(names) == len(set(names))


# The page of tokens


def test_a_tenant_that_moves_is_where_it_goes_and_said_so_it_goes_on(operators: Call, acme: Tenant) -> None:
    old, new = (Node.objects.create(name=name, folder=f"/srv/{name}", ami_user="u", ami_secret="s") for name in ("pbx1", "pbx2"))
    Deployment.objects.create(node=old, slug="acme")
    move("acme", "pbx2", actor="test")
    said = operators("get", "tenants/acme").data["record"]
    assert said["node"] == ["pbx2"]
    assert operators("patch", "tenants/acme", {"node": said["node"]}).status_code == 200
    leaving = Deployment.objects.get(node=old, slug="acme")
    assert leaving.heir == Deployment.objects.get(node=new, slug="acme")


def test_people_make_and_revoke_their_tokens(acme: Tenant) -> None:
    client = browser(HOST, staff(acme, Membership.Role.EDITOR))
    make_token(staff(acme, name="bob"), acme, "bob's")
    page = client.post("/tokens/", {"name": "billing", "days": "30"})
    text = page.context["text"]
    assert text in page.content.decode()
    assert text not in client.get("/tokens/").content.decode()
    assert "bob" not in client.get("/tokens/").content.decode()
    assert caller(HOST, text)("get", "status").status_code == 200
    mine, others = ApiToken.objects.get(name="billing"), ApiToken.objects.get(name="bob's")
    assert text not in mine.digest
    client.post("/tokens/", {"revoke": others.pk})
    client.post("/tokens/", {"revoke": mine.pk})
    assert list(ApiToken.objects.all()) == [others]
    for number in ("", "x", "9" * 30, "²"):
        assert client.post("/tokens/", {"revoke": number}).status_code == 302


def test_administrators_revoke_all_of_their_own_console(acme: Tenant, globex: Tenant) -> None:
    admin = browser(HOST, staff(acme))
    here, there = make_token(staff(acme, name="bob"), acme, "bob's")[0], make_token(staff(globex, name="gus"), globex, "gus's")[0]
    for token in (here, there):
        admin.post("/tokens/", {"revoke": token.pk})
    assert list(ApiToken.objects.all()) == [there]
