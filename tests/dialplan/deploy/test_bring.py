"""Tenants brought to a real node: by the quickest way when nothing is in doubt, by asking Asterisk when something is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dialplan.build.model import HINT, Entry, Line
from dialplan.build.pjsip import phone_sections, transport_sections, trunk_sections
from dialplan.build.sections import PhoneSpec, TrunkSpec
from dialplan.build.text import dialplan_text, entries_text, node_dialplan_text, node_pjsip_text, pjsip_text
from dialplan.deploy import live
from dialplan.deploy.ami import AMIClient, AMIUnreachable
from dialplan.deploy.asterisk import PrivateAsterisk
from dialplan.deploy.bring import bring, write_files
from dialplan.deploy.folder import NodeFolder, tenant_files
from dialplan.deploy.job import Job, Wanted
from tests.asterisk_fixture import need_asterisk

pytestmark = pytest.mark.asterisk


@pytest.fixture
def asterisk(tmp_path: Path) -> Iterator[PrivateAsterisk]:
    """One of its own for each test, as these change its files."""
    need_asterisk()
    with PrivateAsterisk(tmp_path) as running:
        yield running
        running.kill()  # quicker than an orderly end


@pytest.fixture
def folder(asterisk: PrivateAsterisk) -> NodeFolder:
    return NodeFolder(asterisk.folder, "pbx1")


@pytest.fixture
def reloads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    done: list[str] = []
    reload = live.reload

    def noted(client: AMIClient, module: str) -> None:
        done.append(module)
        reload(client, module)

    monkeypatch.setattr(live, "reload", noted)
    return done


def phone(slug: str, number: str, secret: str = "secret1") -> list[Line]:
    return [
        Line(f"{slug}-internal", number, 1, "Dial", f"PJSIP/{slug}_{number},20"),
        Line(f"{slug}-internal", number, 2, "Hangup"),
    ]


def tenant(
    slug: str, numbers: tuple[str, ...] = ("101",), *lines: Line, entries: tuple[Entry, ...] = (), secret: str = "secret1"
) -> Wanted:
    everything = [Line(f"{slug}-internal", "_XXX", HINT, "", f"PJSIP/{slug}_${{EXTEN}}"), *lines]
    for number in numbers:
        everything += phone(slug, number)
    sections = phone_sections(slug, [PhoneSpec(number, f"Phone {number}", secret) for number in numbers])
    ordered = tuple(sorted(everything))
    return Wanted(slug, dialplan_text(ordered), pjsip_text(sections), entries, ordered)


def node(asterisk: PrivateAsterisk, *slugs: str, trunk: bool = False, entries: tuple[Entry, ...] = ()) -> Wanted:
    sections = [*transport_sections(f"127.0.0.1:{asterisk.sip_port}")]
    if trunk:
        sections += trunk_sections(TrunkSpec("carrier", "127.0.0.9", 5060, "user", "secret9", True))
    reached = {"carrier": [f"{slug}-in-carrier" for slug in slugs]} if trunk else {}
    return Wanted("", node_dialplan_text(slugs, reached), node_pjsip_text(slugs, sections), entries)


REGISTERED = [("registrar/contact", f"acme_{number};@0f8d") for number in (101, 102)]


def register(client: AMIClient) -> None:
    live.apply_entries(client, live.EntryDelta((), tuple(Entry(*key, "{}") for key in REGISTERED)))


def known_endpoints(client: AMIClient, *names: str) -> list[str]:
    return [name for name in names if client.send("PJSIPShowEndpoint", Endpoint=name).ok]


def run(folder: NodeFolder, client: AMIClient, *wanted: Wanted, digests: dict[str, str] | None = None) -> dict[str, str]:
    jobs = [Job(one, (digests or {}).get(one.slug, "")) for one in wanted]
    bring(jobs, folder, client)
    assert {job.wanted.slug: job.error for job in jobs if job.error} == {}
    return (digests or {}) | {job.wanted.slug: job.digest for job in jobs}


def differs(folder: NodeFolder, client: AMIClient, wanted: Wanted) -> list[str]:
    job = Job(wanted)
    job.inspect(folder, client)
    return job.differs


def test_a_first_deployment_and_nothing_to_do_after_it(
    folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk, reloads: list[str]
) -> None:
    acme = tenant("acme", ("101", "102"), entries=(Entry("acme/cid", "1", "Bob"),))
    own = node(asterisk, "acme", trunk=True, entries=(Entry("server", "k", "v"),))
    digests = run(folder, client, own, acme)
    assert sorted(live.read_contexts(client, ["acme-internal"])) == sorted(acme.lines)
    assert live.read_entries(client, [("acme/cid", "1"), ("server", "k")]) == [*acme.entries, *own.entries]
    assert client.do("PJSIPShowEndpoint", Endpoint="acme_102").events[0].get("Context") == "acme-internal"
    assert live.read_includes(client, ["trunk-carrier"]) == {"trunk-carrier": ["acme-in-carrier"]}
    assert reloads == [live.DIALPLAN, live.PJSIP]
    for wanted in (own, acme):
        assert differs(folder, client, wanted) == []
    assert run(folder, client, own, acme, digests=digests) == digests
    assert run(folder, client, own, acme) == digests
    assert reloads == [live.DIALPLAN, live.PJSIP]


def test_a_new_line_needs_no_reload(folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk, reloads: list[str]) -> None:
    digests = run(folder, client, node(asterisk, "acme"), tenant("acme"))
    reloads.clear()
    more = tenant("acme", ("101",), Line("acme-internal", "600", 1, "NoOp", "a;b"), Line("acme-lobby", "s", 1, "Hangup"))
    digests = run(folder, client, more, digests=digests)
    assert reloads == []
    assert differs(folder, client, more) == []
    run(folder, client, tenant("acme"), digests=digests)
    assert reloads == []
    assert live.read_contexts(client, ["acme-lobby"]) == []
    assert differs(folder, client, tenant("acme")) == []


def test_a_new_tenant_reloads_no_dialplan(folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk, reloads: list[str]) -> None:
    digests = run(folder, client, node(asterisk, "acme"), tenant("acme"))
    reloads.clear()
    run(folder, client, node(asterisk, "acme", "globex"), tenant("globex"), digests=digests)
    assert reloads == [live.PJSIP]
    live.reload(client, live.DIALPLAN)
    for slug in ("acme", "globex"):
        assert differs(folder, client, tenant(slug)) == []


@pytest.mark.parametrize("data", [" leading blank", "x" * 3000])
def test_what_ami_cannot_carry_comes_by_file(
    data: str, folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk, reloads: list[str]
) -> None:
    digests = run(folder, client, node(asterisk, "acme"), tenant("acme"))
    reloads.clear()
    wanted = tenant("acme", ("101",), Line("acme-internal", "600", 1, "NoOp", data))
    run(folder, client, wanted, digests=digests)
    assert reloads == [live.DIALPLAN]
    assert differs(folder, client, wanted) == []


def test_a_changed_secret_a_gone_phone_and_a_changed_trunk(folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk) -> None:
    digests = run(folder, client, node(asterisk, "acme"), tenant("acme", ("101", "102")))
    changed = tenant("acme", ("101",), secret="secret2")
    digests = run(folder, client, node(asterisk, "acme", trunk=True), changed, digests=digests)
    events = client.do("PJSIPShowEndpoint", Endpoint="acme_101").events
    assert [event.get("Password") for event in events if event.get("ObjectType") == "auth"] == ["secret2"]
    assert not client.send("PJSIPShowEndpoint", Endpoint="acme_102").ok
    assert client.do("PJSIPShowEndpoint", Endpoint="carrier").events[0].get("Context") == "trunk-carrier"
    digests = run(folder, client, node(asterisk, "acme"), digests=digests)
    assert not client.send("PJSIPShowEndpoint", Endpoint="carrier").ok
    assert client.send("PJSIPShowRegistrationsOutbound").events == ()


def test_a_phone_that_goes_takes_its_registration_along_and_no_others(
    folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk
) -> None:
    registered = [Entry("registrar/contact", f"{name};@0f8d", "{}") for name in ("acme_101", "acme_102", "acmeX102", "acme_1020")]
    digests = run(folder, client, node(asterisk, "acme"), tenant("acme", ("101", "102")))
    live.apply_entries(client, live.EntryDelta((), tuple(registered)))
    run(folder, client, tenant("acme", ("101",)), digests=digests)
    left = live.read_entries(client, [(entry.family, entry.key) for entry in registered])
    assert left == [entry for entry in registered if not entry.key.startswith("acme_102;")]


def test_a_tenant_that_leaves_takes_all_of_its_own_along_and_nothing_else(
    folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk
) -> None:
    acme = tenant("acme", entries=(Entry("acme/cid", "1", "Bob"),))
    acme2 = tenant("acme2", entries=(Entry("acme2/cid", "1", "Ann"),))
    by_a_call = Entry("acme/callforward", "101", "set by a phone")
    live.apply_entries(client, live.EntryDelta((), (by_a_call,)))
    digests = run(folder, client, node(asterisk, "acme", "acme2"), acme, acme2)
    run(folder, client, node(asterisk, "acme2"), Wanted("acme", gone=True), digests=digests)
    assert sorted(path.name for path in (folder.path / "tenants").iterdir()) == ["acme2.astdb", "acme2.conf", "acme2.pjsip.conf"]
    assert live.read_contexts(client, ["acme-internal"]) == []
    assert not client.send("PJSIPShowEndpoint", Endpoint="acme_101").ok
    keys = [("acme/cid", "1"), (by_a_call.family, by_a_call.key), ("acme2/cid", "1")]
    assert live.read_entries(client, keys) == [*acme2.entries]
    assert differs(folder, client, acme2) == []
    run(folder, client, Wanted("acme", gone=True))  # once more, as after a crash


def test_what_somebody_changed_by_hand_is_found_and_mended(folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk) -> None:
    acme = tenant("acme", ("101", "102"), entries=(Entry("acme/cid", "1", "Bob"), Entry("acme/cid", "2", "Ann")))
    globex = tenant("globex")
    own = node(asterisk, "acme", "globex")
    run(folder, client, own, acme, globex)
    client.do("DialplanExtensionRemove", Context="acme-internal", Extension="101", Priority="2")
    live.apply_lines(client, live.LineDelta((), (Line("acme-internal", "666", 1, "System", "id"), Line("acme-internal", "102", 1, "NoOp"))))
    live.apply_entries(client, live.EntryDelta((acme.entries[0],), (Entry("acme/cid", "2", "Eve"),)))
    name = tenant_files("acme")[1]
    (folder.path / name).write_text((folder.read(name) or "").replace("secret1", "hacked1"))
    live.reload(client, live.PJSIP)
    found = differs(folder, client, acme)
    assert found == [
        f"{folder.path / name} is not what it should be",
        "+ acme-internal 101,2 Hangup()",
        "~ acme-internal 102,1 NoOp() -> Dial(PJSIP/acme_102,20)",
        "- acme-internal 666,1 System(id)",
        "+ AstDB acme/cid/1 = Bob",
        "~ AstDB acme/cid/2 = Eve -> = Ann",
        "PJSIP auth acme_101: password is not what the file says",
        "PJSIP auth acme_102: password is not what the file says",
    ]
    assert differs(folder, client, globex) == []
    run(folder, client, acme)
    assert differs(folder, client, acme) == []


def test_a_file_edited_by_hand_does_not_lead_into_another_tenants_contexts(
    folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk
) -> None:
    acme, globex = tenant("acme"), tenant("globex", entries=(Entry("globex/cid", "1", "x"),))
    digests = run(folder, client, node(asterisk, "acme", "globex"), acme, globex)
    for name, text in zip(tenant_files("acme"), ("[globex-internal]\n", "", entries_text(globex.entries)), strict=True):
        (folder.path / name).write_text(text)
    run(folder, client, acme, digests=digests)
    assert differs(folder, client, globex) == []
    assert differs(folder, client, acme) == []


def test_one_tenants_error_stops_no_other(folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk) -> None:
    acme, globex = tenant("acme"), tenant("globex")
    blocked = folder.path / tenant_files("acme")[0]
    blocked.parent.mkdir(exist_ok=True)
    blocked.mkdir()
    jobs = [Job(node(asterisk, "acme", "globex")), Job(acme), Job(globex)]
    bring(jobs, folder, client)
    assert [bool(job.error) for job in jobs] == [False, True, False]
    assert f"{blocked} cannot be read: Is a directory" in jobs[1].error
    assert differs(folder, client, globex) == []


def test_a_line_that_did_not_load_is_an_error_and_leaves_the_digest_open(
    folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = run(folder, client, node(asterisk, "acme"), tenant("acme"))
    monkeypatch.setattr(live, "apply_lines", lambda client, delta: None)
    job = Job(tenant("acme", ("101", "102")), digests["acme"])
    bring([job], folder, client)
    assert job.error.startswith("Asterisk did not take all of it: 102,1 in acme-internal: Dial(PJSIP/acme_102,20) did not load")
    assert job.digest == digests["acme"]
    monkeypatch.undo()
    run(folder, client, job.wanted, digests=digests)
    assert differs(folder, client, job.wanted) == []


def test_a_refused_reload_is_reported_while_lines_still_go_live(
    folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = run(folder, client, node(asterisk, "acme"), tenant("acme"))
    more = tenant("acme", ("101", "102"))
    jobs = [Job(node(asterisk, "acme", trunk=True), digests[""]), Job(more, digests["acme"])]
    with monkeypatch.context() as patched:
        patched.setattr(live, "DIALPLAN", "no_such_module.so")
        bring(jobs, folder, client)
    assert "reload of no_such_module.so failed (No such module)" in jobs[0].error
    assert jobs[1].error == ""
    assert differs(folder, client, more) == []
    run(folder, client, node(asterisk, "acme", trunk=True))


@pytest.mark.parametrize("step", ["job.Job.write", "bring._load_dialplan", "bring._reload_pjsip", "live.apply_entries", "job.Job.finish"])
def test_interrupted_anywhere_it_is_brought_there_the_next_time(
    step: str, folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tenant("acme", ("101", "102"), entries=(Entry("acme/cid", "1", "Bob"), Entry("acme/cid", "2", "Ann")))
    digests = run(folder, client, node(asterisk, "acme"), old)
    register(client)
    new = tenant(
        "acme", ("101", "103"), Line("acme-internal", "600", 1, "NoOp"), entries=(Entry("acme/cid", "2", "Eve"),), secret="secret2"
    )

    def interrupt(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"dialplan.deploy.{step}", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run(folder, client, new, digests=digests)
    run(folder, client, new, digests=digests)
    assert differs(folder, client, new) == []
    assert live.read_entries(client, [("acme/cid", "1"), *REGISTERED]) == []
    assert known_endpoints(client, "acme_101", "acme_102", "acme_103") == ["acme_101", "acme_103"]


def test_what_goes_while_asterisk_cannot_be_asked_is_gone_after_that(
    folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk
) -> None:
    """The files alone do not tell: they are the new ones already."""
    old = tenant("acme", ("101", "102"), Line("acme-lobby", "600", 1, "NoOp", "x"))
    digests = run(folder, client, node(asterisk, "acme", trunk=True), old)
    register(client)
    between, new = tenant("acme", ("102", "103")), tenant("acme", ("101",), secret="secret2")
    for states in ((node(asterisk, "acme"), between), (node(asterisk, "acme"), new)):
        write_files([Job(one) for one in states], folder, final=False)
    assert "102" in " ".join(differs(folder, client, new))
    run(folder, client, node(asterisk, "acme"), new, digests=digests)
    assert known_endpoints(client, "acme_101", "acme_102", "carrier") == ["acme_101"]
    assert live.read_entries(client, REGISTERED) == []
    assert live.read_contexts(client, ["acme-lobby"]) == []
    assert live.read_includes(client, ["trunk-carrier"]) == {"trunk-carrier": []}
    assert "carrier" not in client.command("pjsip list registrations")
    assert not [path.name for path in folder.path.rglob("*.unfinished")]


def test_a_tenant_that_is_emptied_while_asterisk_cannot_be_asked(folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk) -> None:
    digests = run(folder, client, node(asterisk, "acme"), tenant("acme"))
    write_files([Job(Wanted("acme"))], folder, final=False)
    run(folder, client, Wanted("acme"), digests=digests)
    assert known_endpoints(client, "acme_101") == []
    assert live.read_contexts(client, ["acme-internal"]) == []


def test_a_killed_asterisk_comes_back_with_the_newest_files(folder: NodeFolder, asterisk: PrivateAsterisk) -> None:
    old = tenant("acme", entries=(Entry("acme/cid", "1", "Bob"),))
    new = tenant("acme", ("101", "102"), entries=(Entry("acme/cid", "2", "Ann"),))
    client = asterisk.client()
    client.connect()
    digests = run(folder, client, node(asterisk, "acme"), old)
    asterisk.kill()
    with pytest.raises(AMIUnreachable):
        run(folder, client, new, digests=digests)
    write_files([Job(new)], folder, final=False)
    asterisk.start()
    client.connect()
    assert sorted(live.read_contexts(client, ["acme-internal"])) == sorted(new.lines)
    run(folder, client, new, digests=digests)
    assert differs(folder, client, new) == []
    assert live.read_entries(client, [("acme/cid", "1")]) == []
    client.close()


def test_a_bind_address_that_waits_for_a_restart_is_said(
    folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk, reloads: list[str]
) -> None:
    run(folder, client, node(asterisk))
    moved = Wanted("", node_dialplan_text((), {}), node_pjsip_text((), transport_sections("127.0.0.1:5999")))
    bring([job := Job(moved)], folder, client)
    assert "Asterisk changes that only when it is restarted" in job.error
    reloads.clear()
    bring([again := Job(moved)], folder, client)
    assert again.error == job.error
    assert reloads == []  # it does no good


def test_many_lines_are_loaded_by_one_reload(folder: NodeFolder, client: AMIClient, asterisk: PrivateAsterisk, reloads: list[str]) -> None:
    lines = tuple(Line("acme-many", str(10000 + number), 1, "NoOp", "x") for number in range(6000))
    big = tenant("acme", ("101",), *lines)
    digests = run(folder, client, node(asterisk, "acme"), big)
    assert reloads == [live.DIALPLAN, live.PJSIP]
    run(folder, client, tenant("acme"), digests=digests)
    assert reloads == [live.DIALPLAN, live.PJSIP, live.DIALPLAN]
    assert live.read_contexts(client, ["acme-many"]) == []


def test_only_files_for_a_folder_without_asterisk(tmp_path: Path) -> None:
    folder = NodeFolder(tmp_path, "pbx1")
    job = Job(tenant("acme", entries=(Entry("acme/cid", "1", "Bob"),)))
    write_files([job], folder, final=True)
    assert [folder.read(name) is not None for name in tenant_files("acme")] == [True, True, True]
    assert job.digest
    write_files([Job(Wanted("acme", gone=True))], folder, final=True)
    assert list((tmp_path / "tenants").iterdir()) == []
