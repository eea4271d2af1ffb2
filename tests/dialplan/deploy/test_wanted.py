"""The rows that say what nodes should have."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from dialplan.build.model import Entry
from dialplan.deploy import wanted
from dialplan.deploy.models import CHANNEL, NODES_CHANGED, OWN, Deployment, Node, ServerEntry
from tenants.schema import open_tenant

pytestmark = pytest.mark.django_db


def add_node(name: str) -> Node:
    node = Node(name=name, folder="/nonexistent", ami_port=1, ami_user="u", ami_secret="s")
    node.full_clean()
    node.save()
    return node


@pytest.fixture
def pbx1() -> Node:
    return add_node("pbx1")


@pytest.fixture
def pbx2() -> Node:
    return add_node("pbx2")


def row(node: Node, slug: str = OWN) -> Deployment:
    return Deployment.objects.get(node=node, slug=slug)


@dataclass
class Placed:
    entry: Entry
    origin: str


def test_a_new_node_has_its_own_files_to_get(pbx1: Node) -> None:
    assert (row(pbx1).wanted, row(pbx1).live, row(pbx1).is_live) == (0, None, False)
    pbx1.save()
    assert row(pbx1).wanted == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "PBX"),
        ("name", "a b"),
        ("name", "../x"),
        ("folder", "relative"),
        ("folder", "/a\nb"),
        ("ami_user", "a\r\nb"),
        ("ami_secret", "a b"),
        ("ami_port", 0),
        ("ami_port", 65536),
        ("sip_address", "5060"),
        ("sip_address", "127.0.0.1:0"),
        ("sip_address", "127.0.0.1:5060\nx"),
    ],
)
def test_a_node_checks_its_fields(pbx1: Node, field: str, value: object) -> None:
    setattr(pbx1, field, value)
    with pytest.raises(Exception, match=field):
        pbx1.full_clean()


def test_placing_and_wanting(pbx1: Node, pbx2: Node) -> None:
    wanted.place("acme", pbx1)
    assert row(pbx1).wanted == 1
    wanted.place("acme", pbx1)
    assert row(pbx1).wanted == 1
    wanted.place("acme", pbx2, 3)
    wanted.place("globex", pbx2)
    wanted.want("acme", 7)
    assert [(one.node.name, one.slug, one.wanted) for one in Deployment.objects.exclude(slug=OWN)] == [
        ("pbx1", "acme", 7),
        ("pbx2", "acme", 7),
        ("pbx2", "globex", 0),
    ]
    wanted.want_node_of("globex")
    assert (row(pbx1).wanted, row(pbx2).wanted) == (1, 3)
    wanted.want_all_nodes()
    assert (row(pbx1).wanted, row(pbx2).wanted) == (2, 4)


def test_wanting_is_one_statement_also_from_within_a_tenant(pbx1: Node, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    wanted.place("acme", pbx1)
    with open_tenant("acme"):
        connection.ensure_connection()
        Deployment.objects.exists()
        with django_assert_num_queries(1):
            wanted.want("acme", 2)
    assert row(pbx1, "acme").wanted == 2


def test_a_tenant_that_leaves_and_comes_back_before_the_worker_looked(pbx1: Node) -> None:
    wanted.place("acme", pbx1, 5)
    Deployment.objects.filter(slug="acme").update(live=5, digest="d")
    wanted.unplace("acme", pbx1)
    assert (row(pbx1, "acme").removing, row(pbx1).wanted) == (True, 2)
    wanted.unplace_all("acme")
    assert row(pbx1).wanted == 2
    wanted.place("acme", pbx1, 1)
    back = row(pbx1, "acme")
    assert (back.removing, back.wanted, back.live, back.digest, row(pbx1).wanted) == (False, 1, None, "", 3)


def test_a_new_tenant_goes_where_the_fewest_are(pbx1: Node, pbx2: Node) -> None:
    wanted.place_new("t1", None)
    wanted.place_new("t2", None)
    wanted.place_new("t3", "pbx2")
    wanted.place_new("t4", None)
    assert {one.slug: one.node.name for one in Deployment.objects.exclude(slug=OWN)} == {
        "t1": "pbx1",
        "t2": "pbx2",
        "t3": "pbx2",
        "t4": "pbx1",
    }
    with pytest.raises(ValueError, match=r"There is no node 'pbx9'; name one that exists \(pbx1, pbx2\)"):
        wanted.place_new("t5", "pbx9")


def test_without_nodes_a_tenant_is_nowhere() -> None:
    wanted.place_new("t1", None)
    assert not Deployment.objects.exists()


def test_server_entries_are_stored_and_make_work_only_when_a_value_changed(pbx1: Node) -> None:
    first, second = Entry("page", "a", "1"), Entry("page", "b", "2")
    wanted.store_server_entries([Placed(first, "addon:x"), Placed(second, "addon:x")])
    assert row(pbx1).wanted == 1
    wanted.store_server_entries([Placed(first, "addon:x"), Placed(second, "addon:x")])
    wanted.store_server_entries([Placed(first, "addon:y"), Placed(second, "addon:x")])
    assert row(pbx1).wanted == 1
    wanted.store_server_entries([Placed(Entry("page", "a", "9"), "addon:y")])
    assert row(pbx1).wanted == 2
    assert list(ServerEntry.objects.values_list("family", "key", "value", "origin")) == [("page", "a", "9", "addon:y")]


@pytest.fixture
def announced(transactional_db: None) -> Iterator[psycopg.Connection]:
    wrapper = connection.copy()
    wrapper.connect()
    wrapper.connection.execute(f"LISTEN {CHANNEL}")
    yield wrapper.connection
    wrapper.close()


def heard(listening: psycopg.Connection) -> list[str]:
    return [notice.payload for notice in listening.notifies(timeout=0.3)]


@pytest.mark.django_db(transaction=True)
def test_workers_hear_of_a_transaction_once_and_only_when_it_commits(announced: psycopg.Connection) -> None:
    pbx1, pbx2 = add_node("pbx1"), add_node("pbx2")
    assert heard(announced) == [NODES_CHANGED, NODES_CHANGED]
    with transaction.atomic():
        wanted.place("acme", pbx1)
        for revision in range(5):
            wanted.want("acme", revision)
        assert heard(announced) == []
    assert heard(announced) == [str(pbx1.pk)]
    with pytest.raises(RuntimeError), transaction.atomic():
        wanted.want("acme", 9)
        raise RuntimeError
    assert heard(announced) == []
    wanted.want("globex", 1)
    assert heard(announced) == []
    pbx2.delete()
    assert heard(announced) == [NODES_CHANGED]
