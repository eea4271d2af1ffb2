"""Export: what it writes, and that applying it changes nothing and brings everything back."""

import unicodedata
from textwrap import dedent
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from addons.authoring.examples import example
from addons.discovery.loading import Addon
from addons.discovery.registry import registry
from addons.models import AddonState, Record
from addons.server.models import ServerState
from dialplan.changes import changing
from dialplan.models import Extension, Phone, Revision
from scopserv_site.sitefile.apply import apply
from scopserv_site.sitefile.export import export_site
from scopserv_site.sitefile.reading import parse
from scopserv_site.sitefile.tree import Source
from scopserv_site.sitefile.writing import yaml_text
from tenants.models import Domain, Tenant
from tenants.schema import open_tenant
from tests.scopserv_site.conftest import Apply, exported
from tests.scopserv_site.test_apply import WHOLE

pytestmark = pytest.mark.django_db

VISIBLE = st.characters(exclude_categories=["C", "Zl", "Zp"])
BARE = st.text(VISIBLE, max_size=30).map(str.strip)


def digits(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=least, max_size=most)


NAMES = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters='"\\<>;${}[]|'), max_size=20)
SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4, max_size=30)
ARGUMENTS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="${}[]\\"), max_size=30)
COMMANDS = st.one_of(
    st.just(["Answer"]),
    st.tuples(st.just("Wait"), st.integers(1, 9)).map(list),
    st.just(["Playback", "hello-world"]),
    st.lists(ARGUMENTS, max_size=3).map(lambda words: ["NoOp", *words]),
    st.just(["Goto", "{tenant}-lobby", "s", 1]),
)
EXTENSIONS = st.one_of(
    st.lists(COMMANDS, min_size=1, max_size=4),
    st.dictionaries(st.integers(1, 9).map(str), COMMANDS, min_size=1, max_size=3),
    st.dictionaries(st.integers(2, 9).map(str), COMMANDS, max_size=2).map(lambda lines: {"hint": "PJSIP/{tenant}_101", **lines}),
)
CONTEXTS = st.fixed_dictionaries(
    {
        "internal": st.dictionaries(digits(2, 4).map("6{}".format) | st.sampled_from(["_2XX", "s", "*70", "on"]), EXTENSIONS, max_size=4),
        "lobby": st.builds(lambda text, lines: {"description": text, **lines}, BARE, st.dictionaries(st.just("s"), EXTENSIONS)),
    }
)
ASTDB = st.dictionaries(
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,8}", fullmatch=True),
    st.dictionaries(BARE.filter(lambda key: key and "/" not in key and len(key.encode()) < 100), BARE, min_size=1, max_size=3),
    max_size=3,
)


@st.composite
def tenants(draw: st.DrawFn) -> dict[str, Any]:
    phone = {
        "name": NAMES,
        "secret": SECRETS,
        "context": st.sampled_from(["internal", "lobby"]),
        "auto_answer": st.sampled_from(Phone.AutoAnswer.values),
        "ring_seconds": st.integers(5, 600),
        "extra": st.fixed_dictionaries({"skeleton": st.fixed_dictionaries({"floor": st.sampled_from(["", "3", "no", "on: off"])})}),
    }
    phones = draw(
        st.dictionaries(digits(2, 10).filter(lambda number: number[0] in "01"), st.fixed_dictionaries({}, optional=phone), max_size=4)
    )
    where = st.sampled_from(["lobby", *phones])
    lines_in = st.dictionaries(digits(2, 20), st.fixed_dictionaries({"trunk": st.just("carrier"), "destination": where}), max_size=3)
    lines_out = st.lists(st.sampled_from(["9N", "8XX", "7[2-5]X."]), unique=True).map(
        lambda patterns: {
            f"line{index}": {"pattern": pattern, "trunk": "carrier", "strip": min(index, 1)} for index, pattern in enumerate(patterns)
        }
    )
    members = st.lists(st.sampled_from([*phones]), unique=True) if phones else st.just([])
    groups = st.dictionaries(
        st.sampled_from(["*70", "*71"]),
        st.fixed_dictionaries({"members": members}, optional={"name": NAMES, "duplex": st.booleans(), "quiet": st.booleans()}),
    )
    lists = st.dictionaries(
        st.just("*55"),
        st.fixed_dictionaries({}, optional={"code": digits(4, 10), "days": st.just([]), "messages": st.just(["hello-world"])}),
    )
    addons = st.fixed_dictionaries({}, optional={"paging": groups, "skeleton": lists})
    return {
        "phones": phones,
        "lines_in": draw(lines_in),
        "lines_out": draw(lines_out),
        "contexts": draw(CONTEXTS),
        "astdb": draw(ASTDB),
        "addons": draw(addons),
    }


def lines_of(exten: str) -> int:
    with open_tenant("initech"):
        return Extension.objects.filter(exten=exten).count()


def bring(text: str, **options: bool) -> list[str]:
    return apply(Source("site.yaml", parse("site.yaml", dedent(text).encode())), **options).plan.lines()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=tenants())
def test_export_is_the_inverse_of_apply(acme: Tenant, body: dict[str, Any]) -> None:
    trunks = {"carrier": {"host": "sip.example.net", "tenants": "all"}}
    with transaction.atomic():
        bring(yaml_text({"trunks": trunks, "tenants": {"acme": body}}))
        whole, open_part = yaml_text(export_site(secrets=True)), yaml_text(export_site())
        assert bring(whole) == []
        assert bring(whole, prune=True) == []
        assert bring(open_part, prune=True) == []
        bring("tenants: {acme: }", prune=True)
        with open_tenant("acme"):
            assert not Phone.objects.exists()
            assert not Record.objects.exists()
        bring(whole)
        assert yaml_text(export_site(secrets=True)) == whole
        transaction.set_rollback(True)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.booleans() | st.integers(-(10**17), 10**17) | st.none() | st.text(st.characters(exclude_characters="\0", codec="utf-8")),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_characters="\0", codec="utf-8")), inner, max_size=3)
        ),
        max_leaves=12,
    ).map(lambda value: {"value": value})
)
def test_what_is_written_is_read_back_by_us_and_by_others(document: dict[str, Any]) -> None:
    text = yaml_text(document)
    assert parse("x", text.encode()) == document
    assert YAML(typ="safe", pure=True).load(text) == document
    assert not any(unicodedata.category(character) == "Cc" for character in text.replace("\n", ""))


def test_words_that_other_readers_take_for_something_else_are_in_quotes() -> None:
    words = [
        "yes",
        "No",
        "on",
        "off",
        "y",
        "null",
        "~",
        "true",
        "0101",
        "1_000",
        "0x1f",
        "1e3",
        "12:30:00",
        "2026-01-01",
        ".inf",
        "=",
        "-",
        "",
    ]
    assert yaml_text({"words": words}).count('"') == 2 * len(words)
    assert parse("x", yaml_text({word: word for word in words}).encode()) == {word: word for word in words}


def test_secrets_are_written_only_when_they_are_asked_for(apply: Apply) -> None:
    apply(WHOLE.replace("name: All call", "name: All call, pin: '4711'"))
    text = exported()
    for secret in ("ami-secret", "s-carrier", "s101", "4711", "ami_secret", "secret", "pin", "password"):
        assert secret not in text
    assert apply(text) == "nothing to change\n"
    assert apply(text, prune=True) == "nothing to change\n"
    text = exported(secrets=True)
    for secret in ("ami_secret: ami-secret", "secret: s-carrier", "secret: s101", 'pin: "4711"'):
        assert secret in text
    assert "password" not in text
    assert text == exported(secrets=True)


def test_one_tenant_alone(apply: Apply) -> None:
    apply(WHOLE)
    assert exported(tenant="initech") == (
        """\
tenants:
  initech:
    name: Initech
    node: pbx1
    domains: [initech.localhost]
    staff:
      alice: {role: administrator, name: Alice Lee, email: alice@initech.example}
      bob: {role: viewer, name: "", email: ""}
    phones:
      "101":
        name: Alice
        context: internal
        auto_answer: call-info
        ring_seconds: 30
        extra:
          skeleton: {floor: "1"}
      "102": {name: Bob, context: internal, auto_answer: call-info, ring_seconds: 30}
    lines_in:
      "5145550100": {name: "", trunk: carrier, destination: "101"}
    lines_out:
      local: {pattern: "9NXXXXXXXXX", trunk: carrier, strip: 1, prepend: "", caller_id: ""}
    contexts:
      internal:
        description: What every phone of this tenant may dial.
        "600": [[Answer], [Playback, hello-world], [Hangup]]
        "601": {hint: "PJSIP/{tenant}_101", "1": [Answer], "3": [Wait, "2"]}
      lobby: {description: The door}
    astdb:
      cid: {"5145551234": Bob}
    addons:
      paging:
        "*70": {name: All phones, duplex: false, quiet: false, skip_busy: true, members: ["101", "102"]}
"""
    )
    with pytest.raises(CommandError, match="There is no tenant 'nobody'"):
        call_command("export", tenant="nobody")


@pytest.mark.parametrize("addon", [addon for addon in registry.addons if addon.params or addon.extras], ids=lambda addon: addon.name)
def test_records_of_every_addon_come_back_as_they_were(acme: Tenant, addon: Addon) -> None:
    site = """
        trunks: {carrier: {host: sip.example.net, tenants: all}}
        tenants:
          acme:
            phones: {"101": {}, "102": {}}
            lines_in: {"5145550100": {trunk: carrier, destination: "101"}}
            lines_out: {local: {pattern: 9N, trunk: carrier}}
    """
    bring(site)
    sections = {"phone": ("phones", "101"), "line_in": ("lines_in", "5145550100"), "line_out": ("lines_out", "local")}
    body: dict[str, Any] = {}
    for kind, extra in addon.extras.items():
        section, key = sections[kind]
        body[section] = {key: {"extra": {addon.name: example(extra.params)}}}
    record = example(addon.params)
    records = {} if not record else {addon.name: {record[addon.key.name]: record} if addon.key else record}
    if addon.info.scope == "tenant":
        body["addons"] = records
    bring(yaml_text({"tenants": {"acme": body}, **({"addons": records} if addon.info.scope == "server" else {})}))
    whole = yaml_text(export_site(secrets=True))
    assert addon.name in whole
    assert bring(whole, prune=True) == []
    assert bring(yaml_text(export_site()), prune=True) == []
    bring("tenants: {acme: }", prune=True)
    if addon.info.scope == "server":
        bring(f"addons: {{{addon.name}: {{}}}}", prune=True)
    assert yaml_text(export_site(secrets=True)) != whole
    bring(whole)
    assert yaml_text(export_site(secrets=True)) == whole


def test_a_record_that_names_what_is_gone_is_left_alone(apply: Apply, acme: Tenant) -> None:
    apply('tenants: {acme: {phones: {"101": {}, "102": {}}, addons: {paging: {"*70": {members: ["101", "102"]}}}}}')
    with open_tenant("acme"), changing() as change:
        Phone.objects.filter(number="102").delete()
        change.touch("phone")
    with open_tenant("acme"):
        revisions = Revision.objects.count()
    assert apply(exported()) == "nothing to change\n"
    with open_tenant("acme"):
        assert Revision.objects.count() == revisions


def test_addons_come_back_in_any_order_loaded_or_not(apply: Apply, acme: Tenant) -> None:
    Tenant.objects.filter(pk=acme.pk).update(addons_allowed=["paging"])
    acme.addons_allowed = ["skeleton", "paging", "gone", "broken"]
    acme.save()
    with open_tenant("acme"):
        for name in ("gone", "paging", "broken"):
            AddonState.objects.update_or_create(addon=name, defaults={"enabled": False})
    for name in ("multipage", "gone"):
        ServerState.objects.update_or_create(addon=name, defaults={"enabled": False})
    text = exported()
    assert "addons_allowed: [broken, gone, paging, skeleton]" in text
    assert "    addons_off: [broken, gone, paging]" in text
    assert "\naddons_off: [gone, multipage]" in text
    assert apply(text) == apply(text, prune=True) == "nothing to change\n"
    said = apply("{addons_off: [], tenants: {acme: {addons_off: [gone, pagin], addons_allowed: [skeleton, gone, vanished]}}}")
    assert "~ addons_off: gone is on" in said
    assert "~ addons_off: multipage is on" in said
    assert "pagin is not loaded, and this counts when it is. There is no addon 'pagin'; did you mean 'paging'?" in said
    assert "tenants.acme.addons_allowed: vanished is not loaded" in said
    assert "addons_off: gone is not" not in said
    with open_tenant("acme"):
        assert AddonState.off() == {"gone", "pagin"}
    assert ServerState.off() == set()
    apply(text)
    assert exported() == text


def test_a_server_wide_addon_that_the_file_switches_off_writes_nothing(apply: Apply) -> None:
    apply(WHOLE)
    assert lines_of("*80") > 0
    assert "~ addons_off: multipage is off" in apply("addons_off: [multipage]")
    assert lines_of("*80") == 0
    assert "~ addons_off: multipage is on" in apply("addons_off: []")
    assert lines_of("*80") > 0


def test_hosts_come_back_without_a_primary_one_and_without_any(apply: Apply, acme: Tenant) -> None:
    apply("tenants: {acme: {domains: [z.example, b.example, acme.localhost]}}")
    acme.domains.get(is_primary=True).delete()
    text = exported()
    assert "domains: [acme.localhost, b.example]" in text
    assert apply(text) == "nothing to change\n"
    named = "tenants: {acme: {domains: [acme.localhost, a.example]}}"  # which comes before it by its name
    assert apply(named) != apply(named) == "nothing to change\n"
    assert "is the primary one" in apply("tenants: {acme: {domains: [b.example]}}")
    assert apply("tenants: {acme: {domains: []}}") == "nothing to change\n"
    said = apply("tenants: {acme: {domains: []}}", prune=True)
    assert "- tenants.acme.domains" in said
    assert not acme.domains.exists()
    text = exported()
    assert "domains: []" in text
    with transaction.atomic():
        assert "primary" not in apply("tenants: {acme: {domains: [z.example, a.example]}}")
        transaction.set_rollback(True)
    assert apply(text, prune=True) == "nothing to change\n"
    apply("tenants: {initech: {name: Initech, domains: []}, hooli: {name: Hooli}}")
    assert list(Domain.objects.filter(tenant__schema_name__in=["initech", "hooli"]).values_list("domain", flat=True)) == ["hooli.localhost"]


@pytest.mark.parametrize("value", [[], {}])
def test_what_is_empty_stays_behind_a_long_name(value: Any) -> None:
    document = {"value": {"0" * 130: value}}
    assert parse("x", yaml_text(document).encode()) == document
