"""The operators' console: a node, a tenant on it, a trunk lent to it, a page across tenants, each made in the browser."""

from playwright.sync_api import expect

from dialplan.deploy import live
from dialplan.deploy.asterisk import PrivateAsterisk
from tenants.models import Tenant
from tests.browser.conftest import Visiting
from tests.people import operator


def test_an_operator_sets_up_a_site(visiting: Visiting, asterisk: PrivateAsterisk) -> None:
    operator()
    olga = visiting("", "olga")
    page = olga.page
    expect(olga.body).to_contain_text("No Asterisk server yet")

    page.get_by_role("link", name="Add a node").click()
    olga.field("name").fill("pbx1")
    olga.field("folder").fill(str(asterisk.folder))
    olga.field("sip_address").fill(f"127.0.0.1:{asterisk.sip_port}")
    olga.save()
    expect(olga.tab("AMI").get_by_test_id("error-count")).to_have_text("2")
    olga.tab("AMI").click()
    olga.field("ami_port").fill(str(asterisk.ami_port))
    olga.field("ami_user").fill(asterisk.ami_user)
    olga.field("ami_secret").fill(asterisk.ami_secret)
    olga.save()
    expect(olga.body).to_contain_text("was added successfully")
    expect(olga.status).to_contain_text("pbx1: all live")

    olga.goto("/tenants/tenant/add/")
    olga.field("schema_name").fill("Initech!")
    olga.field("name").fill("Initech")
    olga.save()
    expect(olga.body).to_contain_text("'Initech!'")
    expect(olga.field("name")).to_have_value("Initech")
    olga.field("schema_name").fill("initech")
    olga.field("node").select_option("pbx1")
    olga.save()
    expect(olga.body).to_contain_text("was added successfully")
    expect(olga.page.locator("#result_list")).to_contain_text("initech.localhost")
    expect(olga.status).to_contain_text("pbx1: all live")

    olga.goto("/trunks/trunk/add/")
    olga.field("name").fill("carrier")
    olga.field("host").fill("127.0.0.9")
    olga.tab("Tenants").click()
    page.get_by_text("Lend to all tenants").click()
    olga.save()
    expect(olga.body).to_contain_text("was added successfully")
    expect(page.locator("#result_list")).to_contain_text("carrier")

    page.get_by_role("link", name="Paging across tenants").first.click()
    page.get_by_role("link", name="Add page across tenants").first.click()
    olga.field("number").fill("*80")
    olga.tab("Who and whom").click()
    page.locator("#id_callers").get_by_label("Initech").check()
    page.locator("#id_callers").get_by_label("All tenants").uncheck()
    olga.save()
    expect(olga.body).to_contain_text("was added successfully")
    expect(page.locator("#result_list")).to_contain_text("*80")
    expect(page.locator("#result_list")).to_contain_text("initech")

    expect(olga.status).to_contain_text("pbx1: all live")
    with asterisk.client() as client:
        assert live.read_contexts(client, ["initech-auto-answer"])
        assert "carrier" in client.command("pjsip show endpoints")
    olga.goto("/")
    expect(olga.body).to_contain_text("22.")

    tenant = Tenant.objects.get(schema_name="initech")
    olga.goto(f"/tenants/tenant/{tenant.pk}/change/")
    page.get_by_role("link", name="Delete tenant").click()
    expect(olga.body).to_contain_text("Delete tenant Initech?")
    expect(olga.body).to_contain_text("It is taken out of Paging across tenants *80.")
    olga.field("typed").fill("initec")
    page.get_by_role("button", name="Delete the tenant").click()
    expect(olga.body).to_contain_text("This is not initech; nothing was deleted.")
    olga.field("typed").fill("initech")
    page.get_by_role("button", name="Delete the tenant").click()
    expect(olga.body).to_contain_text("Tenant Initech is deleted.")
    expect(olga.status).to_contain_text("pbx1: all live")
    with asterisk.client() as client:
        assert not live.read_contexts(client, ["initech-auto-answer"])

    page.get_by_role("link", name="Deleted tenants").click()
    page.locator("#result_list").get_by_text("more_horiz").click()
    page.get_by_role("link", name="Restore").click()
    expect(olga.body).to_contain_text("+ tenants.initech: Initech")
    page.get_by_role("button", name="Restore the tenant").click()
    expect(olga.body).to_contain_text("Tenant Initech is back.")
    expect(olga.status).to_contain_text("pbx1: all live")
    with asterisk.client() as client:
        assert live.read_contexts(client, ["initech-auto-answer"])
