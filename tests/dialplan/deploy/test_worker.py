"""The worker with a real database and real Asterisks: what is saved goes live, and what was lost comes back."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection

from dialplan.build.model import Entry, Line
from dialplan.changes import changing
from dialplan.deploy import deployer, live, target, wanted
from dialplan.deploy.ami import AMIClient
from dialplan.deploy.asterisk import PrivateAsterisk
from dialplan.deploy.backoff import Backoff
from dialplan.deploy.deployer import NodeDeployer
from dialplan.deploy.drift import drift as drift_of
from dialplan.deploy.models import DUE, OWN, Deployment, Node
from dialplan.deploy.worker import Worker
from dialplan.models import AstDBEntry, Extension, Phone
from tenants.lifecycle import create_tenant, delete_tenant
from tenants.schema import open_tenant
from tests.asterisk_fixture import need_asterisk

pytestmark = [pytest.mark.asterisk, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asterisk(tmp_path: Path) -> Iterator[PrivateAsterisk]:
    need_asterisk()
    with PrivateAsterisk(tmp_path / "node") as running:
        yield running
        running.kill()


def add_node(asterisk: PrivateAsterisk, name: str = "pbx1") -> Node:
    node = Node(name=name, folder=str(asterisk.folder), ami_port=asterisk.ami_port, ami_user=asterisk.ami_user)
    node.ami_secret, node.sip_address = asterisk.ami_secret, f"127.0.0.1:{asterisk.sip_port}"
    node.full_clean()
    node.save()
    return node


@pytest.fixture
def node(asterisk: PrivateAsterisk, transactional_db: None) -> Node:
    return add_node(asterisk)


@contextmanager
def working(*names: str) -> Iterator[Worker]:
    worker = Worker(names)
    thread = Thread(target=worker.run, daemon=True)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(20)
        assert not thread.is_alive()


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, list(Deployment.objects.values("node__name", "slug", "wanted", "live", "error", "removing"))
        time.sleep(0.02)


def wait_until_live(seconds: float = 20) -> None:
    wait_for(lambda: not Deployment.objects.filter(DUE).exists(), seconds)


def add_phone(slug: str, number: str) -> None:
    with changing() as change, open_tenant(slug):
        Phone.objects.create(number=number, name=f"Phone {number}")
        change.touch("phone")


def add_staff(slug: str, line: Line | None = None, entry: Entry | None = None) -> None:
    with changing() as change, open_tenant(slug):
        if line:
            Extension.objects.create(
                context=line.context, exten=line.exten, priority=line.priority, application=line.application, data=line.data
            )
        if entry:
            AstDBEntry.objects.create(family=entry.family, key=entry.key, value=entry.value)
        change.touch("staff")


def lines(client: AMIClient, context: str = "acme-internal") -> set[str]:
    return {f"{line.exten},{line.priority},{line.application}({line.data})" for line in live.read_contexts(client, [context])}


def row(slug: str = "acme") -> Deployment:
    return Deployment.objects.get(slug=slug)


def drift(node: Node) -> dict[str, list[str]]:
    return {slug: differs for slug, differs in drift_of(node).items() if differs}


def test_what_is_saved_is_live_soon_after_and_says_how_soon(node: Node, asterisk: PrivateAsterisk, client: AMIClient) -> None:
    wanted.place("acme", node)
    with working():
        wait_until_live()
        took = []
        for number in range(101, 111):
            add_phone("acme", str(number))
            wait_until_live()
            took.append(row().milliseconds or 0)
        add_staff("acme", Line("internal", "600", 1, "NoOp", "a;b {tenant} ${tenant}"), Entry("cid", "5145551234", "Bob; x"))
        wait_until_live()
        assert "600,1,NoOp(a;b acme ${tenant})" in lines(client)
        assert live.read_entries(client, [("acme/cid", "5145551234")]) == [Entry("acme/cid", "5145551234", "Bob; x")]
        assert client.send("PJSIPShowEndpoint", Endpoint="acme_110").ok
    node.refresh_from_db()
    assert (node.error, node.asterisk_version[:3], "Page" in node.applications, row().error) == ("", "22.", True, "")
    assert row().live == row().wanted
    assert sorted(took)[5] < 1000
    assert drift(node) == {}


def test_a_restarted_asterisk_is_brought_back_to_what_it_lost(node: Node, asterisk: PrivateAsterisk) -> None:
    """AstDB forgets what it acknowledged in the last second before a crash; the worker notices the new start and puts it back."""
    wanted.place("acme", node)
    with working():
        wait_until_live()
        for number in range(20):
            add_staff("acme", Line("internal", f"7{number:02}", 1, "NoOp"), Entry("cid", f"k{number}", "v"))
        wait_until_live()
        asterisk.kill()
        wait_for(lambda: "connect" in Node.objects.get().error)
        add_staff("acme", Line("internal", "800", 1, "NoOp"), Entry("cid", "late", "v"))
        wait_for(lambda: "waiting for Asterisk" in row().error)
        assert "exten => 800,1,NoOp()" in (asterisk.folder / "tenants/acme.conf").read_text()
        asterisk.start()
        wait_until_live()
        wait_for(lambda: not Node.objects.get().error and not row().error)
        with asterisk.client() as client:
            keys = [("acme/cid", f"k{number}") for number in range(20)] + [("acme/cid", "late")]
            wait_for(lambda: len(live.read_entries(client, keys)) == 21)
            assert {"719,1,NoOp()", "800,1,NoOp()"} <= lines(client)
    assert drift(node) == {}


def test_what_was_undone_by_hand_is_mended_at_the_next_verification(
    node: Node, asterisk: PrivateAsterisk, client: AMIClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wanted.place("acme", node)
    add_staff("acme", Line("internal", "600", 1, "NoOp"), Entry("cid", "k", "v"))
    monkeypatch.setattr(deployer, "VERIFY_SECONDS", 0.5)
    with working():
        wait_until_live()
        client.do("DialplanExtensionRemove", Context="acme-internal", Extension="600", Priority="1")
        client.do("DBDel", Family="acme/cid", Key="k")
        wait_for(lambda: "600,1,NoOp()" in lines(client) and live.read_entries(client, [("acme/cid", "k")]))
    wait_for(lambda: "acme on pbx1 was not as it should be, and is again: + acme-internal 600,1 NoOp()" in caplog.text)


def test_one_tenants_trouble_holds_up_no_other(
    node: Node, asterisk: PrivateAsterisk, client: AMIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    desired = target.desired

    def failing(slug: str) -> object:
        if slug == "acme":
            raise ZeroDivisionError("on purpose")
        return desired(slug)

    monkeypatch.setattr(target, "desired", failing)
    for slug in ("acme", "globex"):
        wanted.place(slug, node)
        add_staff(slug, Line("internal", "600", 1, "NoOp"))
    with working():
        wait_for(lambda: row("globex").is_live)
        assert row().error == "ZeroDivisionError: on purpose"
        assert "600,1,NoOp()" in lines(client, "globex-internal")
        add_staff("globex", Line("internal", "601", 1, "NoOp"))
        wait_for(lambda: row("globex").is_live)
        monkeypatch.undo()
        wait_until_live()
    assert row().error == ""
    assert drift(node) == {}


def test_a_save_that_may_mend_a_trouble_is_tried_at_once(node: Node, asterisk: PrivateAsterisk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(deployer, "Backoff", lambda first, most: Backoff(600, 600))
        patch.setattr(target, "desired", lambda slug: 1 / 0)
        wanted.place("acme", node)
        add_staff("acme", Line("internal", "600", 1, "NoOp"))
        with working():
            wait_for(lambda: row().error)
            patch.undo()
            add_staff("acme", Line("internal", "601", 1, "NoOp"))
            wait_until_live()
    assert row().error == ""


def test_a_deleted_tenant_leaves_nothing_behind(node: Node, asterisk: PrivateAsterisk, client: AMIClient) -> None:
    create_tenant("brief", name="Brief", node="pbx1")
    wanted.place("acme", node)
    add_staff("acme", Line("internal", "600", 1, "NoOp"), Entry("cid", "k", "v"))
    add_phone("brief", "101")
    add_staff("brief", Line("internal", "600", 1, "NoOp"), Entry("cid", "k", "v"))
    with working():
        wait_until_live()
        assert "600,1,NoOp()" in lines(client, "brief-internal")
        delete_tenant("brief")
        wait_until_live()
        assert not Deployment.objects.filter(slug="brief").exists()
        assert lines(client, "brief-internal") == set()
        assert not client.send("PJSIPShowEndpoint", Endpoint="brief_101").ok
        assert [entry.family for entry in live.read_entries(client, [("brief/cid", "k"), ("acme/cid", "k")])] == ["acme/cid"]
        assert sorted(path.name for path in (asterisk.folder / "tenants").iterdir()) == ["acme.astdb", "acme.conf", "acme.pjsip.conf"]
    assert drift(node) == {}


def test_new_nodes_are_picked_up_and_gone_ones_let_go_while_it_runs(node: Node, asterisk: PrivateAsterisk, tmp_path: Path) -> None:
    add_staff("acme", Line("internal", "600", 1, "NoOp"))
    with working(), PrivateAsterisk(tmp_path / "second") as second:
        wait_until_live()
        other = add_node(second, "pbx2")
        wanted.place("acme", other)
        wait_until_live()
        with second.client() as client:
            assert "600,1,NoOp()" in lines(client)
        other.delete()
        add_staff("acme", Line("internal", "601", 1, "NoOp"))
        time.sleep(0.5)
        with second.client() as client:
            assert "601,1,NoOp()" not in lines(client)


def test_a_node_that_is_down_from_the_start_gets_its_files_and_holds_up_no_other(
    node: Node, asterisk: PrivateAsterisk, tmp_path: Path
) -> None:
    down = PrivateAsterisk(tmp_path / "down")
    down.folder.mkdir()
    other = add_node(down, "pbx2")
    for one in (node, other):
        wanted.place("acme", one)
    add_staff("acme", Line("internal", "600", 1, "NoOp"))
    with working():
        wait_for(lambda: Deployment.objects.get(slug="acme", node=node).is_live)
        wait_for(lambda: "waiting for Asterisk" in Deployment.objects.get(slug="acme", node=other).error)
        assert "exten => 600,1,NoOp()" in (down.folder / "tenants/acme.conf").read_text()
        with down:
            wait_until_live()
            assert drift(other) == {}


def test_what_an_earlier_tenant_left_is_deleted_once(node: Node, client: AMIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client.do("DBPut", Family="acme", Key="cf-own/101", Val="another's")
    wanted.place("acme", node, new=True)
    with monkeypatch.context() as patch:
        patch.setattr(live, "apply_entries", lambda client, delta: 1 / 0)
        with working():
            wait_for(lambda: row().error)
    assert live.read_entries(client, [("acme", "cf-own/101")]) == []
    client.do("DBPut", Family="acme", Key="cf-own/101", Val="its own")
    with working():
        wait_until_live()
    assert live.read_entries(client, [("acme", "cf-own/101")]) == [Entry("acme", "cf-own/101", "its own")]


def test_a_folder_that_is_not_ours_is_left_alone(node: Node, asterisk: PrivateAsterisk) -> None:
    (asterisk.folder / "extensions.conf").write_text("[default]\nexten => 1,1,NoOp()\n")
    wanted.place("acme", node)
    with working():
        wait_for(lambda: "was not written by this console" in row(OWN).error)
    assert (asterisk.folder / "extensions.conf").read_text() == "[default]\nexten => 1,1,NoOp()\n"
    assert not (asterisk.folder / "tenants/acme.conf").exists()


def test_a_wrong_secret_is_said_and_a_changed_one_is_taken_up(node: Node, asterisk: PrivateAsterisk) -> None:
    Node.objects.update(ami_secret="wrong")
    with working():
        wait_for(lambda: "login refused" in Node.objects.get().error)
        node.save()
        wait_until_live()
        assert Node.objects.get().error == ""


def test_only_files_for_a_node_without_asterisk(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    node = Node.objects.create(name="cold", folder=str(tmp_path / "folder"), ami_user="u", ami_secret="s", files_only=True)
    wanted.place("acme", node)
    add_staff("acme", Line("internal", "600", 1, "NoOp"))
    with working():
        wait_until_live()
    assert "exten => 600,1,NoOp()" in (tmp_path / "folder/tenants/acme.conf").read_text()
    assert drift(node) == {}
    (tmp_path / "folder/tenants/acme.conf").write_text("")
    assert drift(node) == {"acme": [f"{tmp_path}/folder/tenants/acme.conf is not what it should be"]}


def test_two_workers_get_along(node: Node, asterisk: PrivateAsterisk) -> None:
    wanted.place("acme", node)
    with working(), working():
        for number in range(15):
            add_staff("acme", Line("internal", f"7{number:02}", 1, "NoOp"), Entry("cid", f"k{number}", "v"))
        wait_until_live()
    assert drift(node) == {}


def test_it_survives_the_loss_of_its_database_connections(node: Node, asterisk: PrivateAsterisk) -> None:
    wanted.place("acme", node)
    with working():
        wait_until_live()
        with connection.cursor() as cursor:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            cursor.execute(f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {others}")
        add_staff("acme", Line("internal", "600", 1, "NoOp"))
        wait_until_live()
    assert drift(node) == {}


def test_many_tenants_share_their_reloads(node: Node, asterisk: PrivateAsterisk, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    reload = live.reload
    monkeypatch.setattr(live, "reload", lambda client, module: (done.append(module), reload(client, module)))
    for slug in ("acme", "globex"):
        wanted.place(slug, node)
        add_phone(slug, "101")
    deployer_ = NodeDeployer(node.pk)
    while deployer_.round() == 0:
        pass
    deployer_.close()
    assert not Deployment.objects.filter(DUE).exists()
    assert done.count(live.PJSIP) == 1
    assert done.count(live.DIALPLAN) <= 1
