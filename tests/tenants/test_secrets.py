"""Secrets at rest: what the database holds, who can open it, and that nothing shows them by accident."""

import json
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from dialplan.deploy.models import Deployment, Node
from dialplan.fields import SealingEncoder
from dialplan.layering import phone_specs
from dialplan.models import Phone
from dialplan.trunks.models import Trunk
from tenants.models import Tenant
from tenants.schema import open_tenant
from tenants.secrets import LostKey, Opened, decrypt, encrypt, opened, sealed
from tests.people import browser, operator, staff
from tests.proof.forms import fill

FIRST, SECOND = (Fernet.generate_key().decode() for _ in range(2))


@pytest.fixture
def keys(settings: Any) -> Any:
    settings.SECRETS_KEYS = (FIRST,)
    return settings


def stored(table: str, column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        ((text,),) = cursor.fetchall()
    return str(text)


def test_a_text_comes_back_and_nothing_stays_nothing(keys: Any) -> None:
    token = encrypt("s3cret ü")
    assert "s3cret" not in token
    assert encrypt("s3cret ü") != token
    assert decrypt(token) == "s3cret ü"
    assert (encrypt(""), decrypt("")) == ("", "")


def test_the_first_key_writes_and_all_read(keys: Any) -> None:
    old = encrypt("s3cret")
    keys.SECRETS_KEYS = (SECOND, FIRST)
    assert decrypt(old) == "s3cret"
    new = encrypt("s3cret")
    keys.SECRETS_KEYS = (SECOND,)
    assert decrypt(new) == "s3cret"
    with pytest.raises(LostKey, match="put the key that it was written with back into SECRETS_KEYS"):
        decrypt(old)


@pytest.mark.parametrize("token", ["s3cret", "gAAAAA", "ü", "\0", "gAAAAABrBGv9" + "A" * 100])
def test_what_is_no_token_is_refused(keys: Any, token: str) -> None:
    with pytest.raises(LostKey):
        decrypt(token)


def test_within_json_they_are_sealed_however_deep_and_keep_their_token(keys: Any) -> None:
    data = {"name": "x", "pin": Opened("4711"), "none": Opened(""), "rows": [{"code": Opened("0815"), "n": 1}], "all": None}
    first = json.dumps(data, cls=SealingEncoder)
    assert "4711" not in first
    assert "0815" not in first
    assert json.loads(first) == sealed(data)
    again = opened(json.loads(first))
    assert again == {**data, "none": ""}
    assert json.dumps(again, cls=SealingEncoder) == first


def test_it_shows_itself_to_nobody_who_did_not_ask(keys: Any) -> None:
    secret = Opened("4711")
    assert repr({"pin": secret}) == "{'pin': '********'}"
    assert f"{secret!r}" == "'********'"
    assert (secret, ",".join([secret])) == ("4711", "4711")


def test_a_phones_secret_is_encrypted_and_read_in_every_way(in_acme: Tenant) -> None:
    Phone.objects.create(number="101", secret="s3cret-101")
    token = stored("dialplan_phone", "secret")
    assert token.startswith("gAAAA")
    assert decrypt(token) == "s3cret-101"
    assert Phone.objects.get().secret == "s3cret-101"
    assert list(Phone.objects.values_list("secret", flat=True)) == ["s3cret-101"]
    assert [spec.secret for spec in phone_specs()] == ["s3cret-101"]
    for change in (
        lambda phone: Phone.objects.bulk_update([phone], ["secret"]),
        lambda phone: Phone.objects.update(secret=phone.secret),
        lambda phone: phone.save(update_fields=["secret"]),
    ):
        phone = Phone.objects.get()
        phone.secret += "x"
        change(phone)
        assert decrypt(stored("dialplan_phone", "secret")) == phone.secret == Phone.objects.get().secret
    Phone.objects.all().delete()
    Phone.objects.bulk_create([Phone(number="102")])
    assert decrypt(stored("dialplan_phone", "secret")) == Phone.objects.get().secret != ""


def test_trunks_and_nodes_keep_theirs_encrypted_too(db: None) -> None:
    Trunk.objects.create(name="carrier", host="sip.example.net", user="u", secret="trunk-secret")
    Node.objects.create(name="pbx1", folder="/nowhere", ami_user="console", ami_secret="ami-secret")
    assert decrypt(stored("trunks_trunk", "secret")) == Trunk.objects.get().secret == "trunk-secret"
    assert decrypt(stored("deploy_node", "ami_secret")) == Node.objects.get().ami_secret == "ami-secret"
    Trunk.objects.update(secret="")
    assert stored("trunks_trunk", "secret") == Trunk.objects.get().secret == ""


def test_a_lost_key_is_missed_by_who_reads_a_secret_and_by_nobody_else(acme: Tenant, settings: Any) -> None:
    with open_tenant("acme"):
        Phone.objects.create(number="101", secret="s3cret-101")
    node = Node.objects.create(name="pbx1", folder="/nowhere", ami_user="console", ami_secret="ami-secret")
    trunk = Trunk.objects.create(name="carrier", host="sip.example.net", user="u", secret="trunk-secret")
    Deployment.objects.create(node=node, slug="acme")
    settings.SECRETS_KEYS = (FIRST,)
    olga, alice = browser("localhost", operator()), browser("acme.localhost", staff(acme))
    pages = ["/", "/deploy/node/", "/trunks/trunk/", "/tenants/tenant/", f"/tenants/tenant/{acme.pk}/move/"]
    assert [olga.get(page).status_code for page in pages] == [200] * len(pages)
    assert [alice.get(page).status_code for page in ("/", "/dialplan/phone/")] == [200] * 2
    with open_tenant("acme"):
        with pytest.raises(LostKey):
            phone_specs()
        with pytest.raises(LostKey):
            print(Phone.objects.get().secret)
    for page, field in ((f"/deploy/node/{node.pk}/change/", "ami_secret"), (f"/trunks/trunk/{trunk.pk}/change/", "secret")):
        filled = fill(olga, page)
        assert field in olga.post(page, {**filled, field: ""}).context["adminform"].form.errors
        assert olga.post(page, {**filled, field: "anew"}).status_code == 302
    assert (Node.objects.get().ami_secret, Trunk.objects.get().secret) == ("anew", "anew")


def test_nothing_can_be_found_by_its_secret(in_acme: Tenant) -> None:
    for lookup in ("secret", "secret__startswith", "secret__regex", "secret__in"):
        with pytest.raises(FieldError):
            Phone.objects.filter(**{lookup: "s"}).exists()


def test_the_migration_encrypts_what_is_there_and_can_go_back(in_acme: Tenant) -> None:
    Phone.objects.bulk_create([Phone(number="101", secret="s3cret")])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dialplan_phone SET secret = 's3cret'")
    loader = MigrationLoader(connection)
    migration = ("dialplan", "0003_encrypted_secret")
    past, step = loader.project_state(migration).apps, loader.get_migration(*migration).operations[-1]
    with connection.schema_editor() as editor:
        step.code(past, editor)
        assert Phone.objects.get().secret == "s3cret"
        step.reverse_code(past, editor)
    assert stored("dialplan_phone", "secret") == "s3cret"
