"""A node's deployer, round by round, where no Asterisk is needed to see what it does."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dialplan.build.model import Line
from dialplan.deploy import deployer, wanted
from dialplan.deploy.deployer import BUSY_SECONDS, NodeDeployer
from dialplan.deploy.models import OWN, Deployment, Node
from tests.dialplan.deploy.test_worker import add_staff

pytestmark = pytest.mark.django_db


def add_node(folder: Path, name: str = "pbx1", **values: object) -> Node:
    folder.mkdir(parents=True)
    node = Node(name=name, folder=str(folder), ami_port=1, ami_user="u", ami_secret="s", **{"files_only": True, **values})
    node.full_clean()
    node.save()
    return node


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return add_node(tmp_path / "pbx1")


def rounds(*nodes: Node) -> None:
    """What is due, as far as it can be done at once."""
    for node in nodes:
        one = NodeDeployer(node.pk)
        while one.round() == 0:
            pass
        one.close()


def row(slug: str = "acme", node: str = "pbx1") -> Deployment:
    return Deployment.objects.get(slug=slug, node__name=node)


def test_a_tenant_that_is_being_changed_holds_up_no_other(node: Node) -> None:
    for slug in ("acme", "globex"):
        wanted.place(slug, node)
    one = NodeDeployer(node.pk)
    settings = connection.get_connection_params()
    with psycopg.connect(**{name: settings[name] for name in ("host", "dbname", "user") if settings.get(name)}) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended('acme', 77))")
        while one.round() == 0:
            pass
        assert (row("globex").is_live, row("acme").is_live, row("acme").error) == (True, False, "")
        assert one.round() == BUSY_SECONDS  # it does not spin
    assert one.round() == 0
    assert row("acme").is_live


def test_a_node_that_is_no_longer_asked_waits_for_its_asterisk_no_more(tmp_path: Path) -> None:
    node = add_node(tmp_path / "pbx1", files_only=False)
    wanted.place("acme", node)
    one = NodeDeployer(node.pk)
    while one.round() == 0:
        pass
    assert "waiting for Asterisk" in row().error
    node = Node.objects.get()
    assert "cannot connect" in node.error
    node.files_only = True
    node.save()
    while one.round() == 0:
        pass
    assert row().is_live
    assert Node.objects.get().error == ""


def test_a_new_folder_gets_all_that_was_in_the_old_one(node: Node, tmp_path: Path) -> None:
    wanted.place("acme", node)
    rounds(node)
    (tmp_path / "moved").mkdir()
    node.folder = str(tmp_path / "moved")
    node.save()
    assert not row().is_live
    rounds(node)
    assert (tmp_path / "moved/tenants/acme.conf").exists()
    assert row().is_live


def test_files_that_cannot_be_read_are_said(node: Node) -> None:
    (Path(node.folder) / "extensions.conf").mkdir()
    rounds(node)
    assert "extensions.conf cannot be read: Is a directory" in row(OWN).error


def test_who_is_stopped_while_a_tenant_moves_in_moves_it_in_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pbx1, pbx2 = add_node(tmp_path / "pbx1"), add_node(tmp_path / "pbx2", "pbx2")
    wanted.place("acme", pbx1)
    rounds(pbx1)
    wanted.settle_on("acme", [pbx2])

    def stopped(heir: Deployment) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(deployer, "take_over", stopped)
        with pytest.raises(KeyboardInterrupt):
            rounds(pbx2)
    rounds(pbx2, pbx1)
    assert [found.node.name for found in Deployment.objects.filter(slug="acme")] == ["pbx2"]


def test_what_is_asked_for_again_meanwhile_is_not_taken_as_done(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted.place("acme", node)
    rounds(node)
    add_staff("acme", Line("internal", "600", 1, "NoOp"))
    write: Callable[..., None] = deployer.write_files

    def and_again(*args: object, **kwargs: object) -> None:
        write(*args, **kwargs)
        wanted.want_again(node)

    monkeypatch.setattr(deployer, "write_files", and_again)
    NodeDeployer(node.pk).round()
    assert row().live is None
    monkeypatch.undo()
    rounds(node)
    assert row().is_live


def test_sync_waits_for_no_other_node(node: Node, tmp_path: Path) -> None:
    pbx2 = add_node(tmp_path / "pbx2", "pbx2")
    wanted.place("acme", node)
    rounds(node)
    wanted.place("acme", pbx2)
    Deployment.objects.filter(slug="acme", node=node).update(heir=row(node="pbx2"), removing=True)
    err = StringIO()
    with pytest.raises(CommandError, match="1 part of pbx1 could not be brought there"):
        call_command("sync_node", "pbx1", stderr=err)
    assert "acme: stays until it is live on pbx2" in err.getvalue()
