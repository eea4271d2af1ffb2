"""The dialplan of pages across tenants, as text."""

from collections.abc import Sequence
from typing import Any

from addons.discovery.registry import registry
from addons.testing import SERVER, Written, committed


def multipage(slugs: Sequence[str], groups: Sequence[str], **page: Any) -> Written:
    return committed(
        registry.get("multipage"),
        {SERVER: [{"number": "*80", **page}]},
        tenant=[{"tenant": slug, "name": slug} for slug in slugs],
        paging=[{"tenant": slug, "number": "*70"} for slug in groups],
    )


def test_one_tenant_calls_and_all_that_have_the_group_are_paged() -> None:
    pbx = multipage(["acme", "globex", "initech"], ["acme", "globex"], callers=["acme"], tenants="all")
    assert pbx.text("acme") == (
        "[acme-internal]\n"
        "exten => *80,1,Set(__PBX_PAGER=${CHANNEL(endpoint)})\n"
        'exten => *80,2,ExecIf($["${FROM_TRUNK}"=""]?Page(Local/*70@acme-page/n&Local/*70@globex-page/n,,20):Hangup(21))\n'
        "exten => *80,3,Hangup()\n"
    )
    assert pbx.tenants == ["acme"]


def test_a_pin_is_asked_for_before_anything_is_heard() -> None:
    pbx = multipage(["acme"], ["acme"], pin="4711", duplex=True, quiet=True)
    assert "exten => *80,1,Authenticate(/multipage-pin/star80,d)\n" in pbx.text("acme")
    assert "?Page(Local/*70@acme-page/n,qd,20):" in pbx.text("acme")


def test_a_pin_is_where_no_tenants_staff_can_read_it() -> None:
    pbx = multipage(["acme"], ["acme"], pin="4711")
    assert pbx.database() == {"multipage-pin/star80/4711": "1"}
    assert "4711" not in pbx.text("acme")


def test_chosen_tenants_that_are_gone_or_have_no_such_group_are_left_out() -> None:
    pbx = multipage(["acme", "globex"], ["globex"], callers=["acme", "gone"], tenants=["acme", "globex", "gone"])
    assert "Page(Local/*70@globex-page/n,,20)" in pbx.text("acme")
    assert pbx.tenants == ["acme"]


def test_nobody_to_page_writes_nothing() -> None:
    assert multipage(["acme", "globex"], []).tenants == []


def test_many_tenants_are_paged_in_lists_that_fit_a_line() -> None:
    slugs = [f"abcdefghijklm{index:03}" for index in range(230)]
    pbx = multipage(slugs, slugs, callers=[slugs[0]])
    text = pbx.text(slugs[0])
    assert "&".join(f"Local/*80@{slugs[0]}-multipage-{index}/n" for index in (1, 2, 3)) in text
    assert f"[{slugs[0]}-multipage-3]\nexten => *80,1,Page(Local/*70@{slugs[200]}-page/n&" in text
    assert all(text.count(f"Local/*70@{slug}-page/n") == 1 for slug in slugs)
    assert max(map(len, text.encode().splitlines())) < 8191
