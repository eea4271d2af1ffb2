"""A tenant between two real Asterisks: live on the one before it leaves the other, and nothing that calls wrote is lost or inherited."""

import os
import signal
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dialplan.deploy import live
from dialplan.deploy.ami import AMIClient
from dialplan.deploy.asterisk import PrivateAsterisk
from dialplan.deploy.deployer import LOCK
from dialplan.deploy.left import read_left
from dialplan.deploy.models import Deployment, Node
from dialplan.deploy.wanted import place
from tenants.audit.models import AuditEntry
from tenants.lifecycle import create_tenant, delete_tenant
from tests.asterisk_fixture import need_asterisk
from tests.dialplan.deploy.test_worker import Entry, Line, add_node, add_staff, drift, lines, wait_for, wait_until_live, working
from tests.tenants.life.killing import Command, stopped_at

pytestmark = [pytest.mark.asterisk, pytest.mark.django_db(transaction=True)]

OWNED = {"cid/5145551234": "Bob"}
LEFT = {"cf-own/101": "102.", "voicemail/101/1": "1700000000-5145551234", "voicemail-last/101": "1", "x/y z": "a;b = c, 100%_"}


@pytest.fixture
def pbx1(tmp_path: Path, transactional_db: None) -> Iterator[PrivateAsterisk]:
    need_asterisk()
    with PrivateAsterisk(tmp_path / "pbx1") as running:
        add_node(running, "pbx1")
        yield running
        running.kill()


@pytest.fixture
def pbx2(tmp_path: Path, transactional_db: None) -> Iterator[PrivateAsterisk]:
    with PrivateAsterisk(tmp_path / "pbx2") as running:
        add_node(running, "pbx2")
        yield running
        running.kill()


@pytest.fixture
def acme_on_pbx1(pbx1: PrivateAsterisk) -> None:
    """With a line and a key of staff's, and with what calls left."""
    place("acme", Node.objects.get(name="pbx1"))
    add_staff("acme", Line("internal", "600", 1, "NoOp"), Entry("cid", "5145551234", "Bob"))


def leave(client: AMIClient, slug: str = "acme") -> None:
    """What calls do."""
    for key, value in LEFT.items():
        client.do("DBPut", Family=slug, Key=key, Val=value)
    client.command(f"devstate change Custom:{slug}_box98101 INUSE")


def found(asterisk: PrivateAsterisk, slug: str = "acme") -> dict[str, str]:
    with asterisk.client() as client:
        left = read_left(client, slug)
        return {**left.keys, **{f"lamp {name}": state for name, state in left.states.items()}}


def nodes(slug: str = "acme") -> set[str]:
    return set(Deployment.objects.filter(slug=slug).values_list("node__name", flat=True))


def move(*arguments: str) -> str:
    out = StringIO()
    call_command("move_tenant", *arguments, stdout=out, stderr=out)
    return out.getvalue()


LAMP = {"lamp box98101": "INUSE"}


def test_all_that_a_tenant_has_moves_and_nothing_stays(pbx1: PrivateAsterisk, pbx2: PrivateAsterisk, acme_on_pbx1: None) -> None:
    with working():
        wait_until_live()
        with pbx1.client() as client:
            leave(client)
            client.do("DBPut", Family="acmex", Key="k", Val="another's")
            client.do("DBPut", Family="ACME", Key="k", Val="another's")
        assert "leaves pbx1 when it is live on pbx2" in move("acme", "pbx2", "--wait", "20")
        assert nodes() == {"pbx2"}
        assert found(pbx2) == {**OWNED, **LEFT, **LAMP}
        assert found(pbx1) == {}
        with pbx1.client() as client:
            assert len(live.read_entries(client, [("acmex", "k"), ("ACME", "k")])) == 2
            assert lines(client) == set()
        with pbx2.client() as client:
            assert "INUSE" in client.command("devstate list")
            assert "600,1,NoOp()" in lines(client)
        assert move("acme", "pbx2", "--wait", "20") == "Tenant acme is on pbx2.\n"
        move("acme", "pbx1", "--wait", "20")
        assert (nodes(), found(pbx1), found(pbx2)) == ({"pbx1"}, {**OWNED, **LEFT, **LAMP}, {})
    assert [entry.values["to"] for entry in AuditEntry.objects.filter(action="moved").order_by("id")] == ["pbx2", "pbx1"]
    assert [drift(node) for node in Node.objects.all()] == [{}, {}]


def test_a_node_that_is_down_is_said_waited_for_and_given_up_on_request(
    pbx1: PrivateAsterisk, pbx2: PrivateAsterisk, acme_on_pbx1: None
) -> None:
    with working():
        wait_until_live()
        with pbx1.client() as client:
            leave(client)
        pbx1.stop()
        wait_for(lambda: Node.objects.get(name="pbx1").error)
        assert "pbx1 is not reached" in move("acme", "pbx2")
        wait_for(lambda: Deployment.objects.get(slug="acme", node__name="pbx2").is_live)
        with pytest.raises(CommandError, match="acme on pbx1: Its files are written; waiting for Asterisk"):
            move("acme", "pbx2", "--wait", "1")
        assert found(pbx2) == OWNED
        pbx1.start()
        wait_for(lambda: nodes() == {"pbx2"})
        assert (found(pbx1), found(pbx2)) == ({}, {**OWNED, **LEFT, **LAMP})
        pbx2.stop()
        wait_for(lambda: Node.objects.get(name="pbx2").error)
        move("acme", "pbx1", "--force")
        wait_for(lambda: Deployment.objects.get(slug="acme", node__name="pbx1").is_live)
        pbx2.start()
        wait_for(lambda: nodes() == {"pbx1"})
        assert (found(pbx1), found(pbx2)) == (OWNED, {})


def test_who_changes_their_mind_half_way_loses_nothing(pbx1: PrivateAsterisk, pbx2: PrivateAsterisk, acme_on_pbx1: None) -> None:
    with working():
        wait_until_live()
        with pbx1.client() as client:
            leave(client)
        for each in ("pbx2", "pbx1", "pbx2", "pbx1"):
            move("acme", each)
        wait_for(lambda: nodes() == {"pbx1"})
        wait_until_live()
        assert (found(pbx1), found(pbx2)) == ({**OWNED, **LEFT, **LAMP}, {})


def test_a_later_tenant_of_that_slug_inherits_nothing(pbx1: PrivateAsterisk) -> None:
    create_tenant("brief", name="Brief", node="pbx1")
    with working():
        wait_until_live()
        with pbx1.client() as client:
            leave(client, "brief")
        delete_tenant("brief")
        wait_until_live()
        assert found(pbx1, "brief") == {}
        # Nor when there was no time to clear up, or the node was down meanwhile.
        create_tenant("brief", name="Brief", node="pbx1")
        wait_until_live()
        with pbx1.client() as client:
            leave(client, "brief")
    delete_tenant("brief")
    create_tenant("brief", name="Another", node="pbx1")
    add_staff("brief", entry=Entry("cid", "1", "One"))
    with working():
        wait_until_live()
        assert found(pbx1, "brief") == {"cid/1": "One"}


def test_what_cannot_be_moved_is_said(transactional_db: None) -> None:
    Node.objects.create(name="pbx9", folder="/srv/pbx9", ami_user="u", ami_secret="s")
    create_tenant("office", name="Office", is_template=True)
    for arguments, message in (
        (["nobody", "pbx9"], "no tenant 'nobody'"),
        (["acme", "pbx7"], r"no node 'pbx7'; name one that exists \(pbx9\)"),
        (["office", "pbx9"], "is a template"),
    ):
        with pytest.raises(CommandError, match=message):
            move(*arguments)


def test_a_worker_that_is_killed_on_the_way_leaves_a_move_that_the_next_one_finishes(
    pbx1: PrivateAsterisk, pbx2: PrivateAsterisk, acme_on_pbx1: None, tmp_path: Path
) -> None:
    with working():
        wait_until_live()
        with pbx1.client() as client:
            leave(client)
    first = Node.objects.get(name="pbx1")
    killed = Command(tmp_path, "move_tenant", "acme", "pbx2", "--wait", "60")
    # It is live on the new node, and nobody may work for the old one.
    with stopped_at(f"SELECT pg_advisory_xact_lock({LOCK}, {first.pk})", tmp_path, "worker", waits=False) as worker:
        wait_for(lambda: Deployment.objects.filter(slug="acme", node__name="pbx2", live__isnull=False).exists())
        assert nodes() == {"pbx1", "pbx2"}
        worker.kill()
        killed.kill()
    assert found(pbx1) == {**OWNED, **LEFT, **LAMP}
    # What calls left is read from the old node, and cannot be brought to the new one.
    os.kill(pbx2.pid, signal.SIGSTOP)
    worker = Command(tmp_path, "worker")
    wait_for(lambda: "600,1,NoOp()" not in there(pbx1))
    worker.kill()
    os.kill(pbx2.pid, signal.SIGCONT)
    assert nodes() == {"pbx1", "pbx2"}
    assert LEFT.items() <= found(pbx1).items()
    with working():
        move("acme", "pbx2", "--wait", "30")
        assert (nodes(), found(pbx1), found(pbx2)) == ({"pbx2"}, {}, {**OWNED, **LEFT, **LAMP})
    assert [drift(node) for node in Node.objects.all()] == [{}, {}]


def there(asterisk: PrivateAsterisk) -> set[str]:
    with asterisk.client() as client:
        return lines(client)


def test_under_another_name_calls_find_what_they_left(pbx1: PrivateAsterisk) -> None:
    create_tenant("brief", name="Brief", node="pbx1")
    add_staff("brief", Line("internal", "600", 1, "NoOp"), Entry("cid", "5145551234", "Bob"))
    with working():
        wait_until_live()
        with pbx1.client() as client:
            leave(client, "brief")
        call_command("rename_tenant", "brief", "apex", "--wait", "20", stdout=StringIO())
        assert (found(pbx1, "apex"), found(pbx1, "brief")) == ({**OWNED, **LEFT, **LAMP}, {})
        with pbx1.client() as client:
            assert lines(client, "brief-internal") == set()
            assert "600,1,NoOp()" in lines(client, "apex-internal")
    assert sorted(path.name for path in (pbx1.folder / "tenants").iterdir()) == ["apex.astdb", "apex.conf", "apex.pjsip.conf"]
    assert drift(Node.objects.get()) == {}
