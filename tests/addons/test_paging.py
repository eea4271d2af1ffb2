"""The dialplan of paging groups, as text."""

from typing import Any

from addons.discovery.registry import registry
from addons.testing import Written, committed

PHONES = [{"tenant": "acme", "number": number} for number in ("101", "102", "103")]


def page(**group: Any) -> Written:
    return committed(registry.get("paging"), {"acme": [{"number": "*70", **group}]}, phone=PHONES)


def idle(number: str, slug: str = "acme") -> str:
    """The condition under which a phone is paged."""
    return f'$["${{PBX_PAGER}}"!="{slug}_{number}" & "${{DEVICE_STATE(PJSIP/{slug}_{number})}}"="NOT_INUSE"]'


def test_a_group_collects_its_phones_without_the_callers_own() -> None:
    assert page(name="All", members=["101", "102"]).text("acme") == (
        "[acme-internal]\n"
        "exten => *70,1,Set(__PBX_PAGER=${CHANNEL(endpoint)})\n"
        "exten => *70,2,Set(PBX_PAGE_BEEP=1)\n"
        "exten => *70,3,Goto(acme-page,*70,1)\n"
        "\n"
        "[acme-page]\n"
        "exten => *70,1,Set(PBX_PAGED=)\n"
        f"exten => *70,2,ExecIf({idle('101')}?Set(PBX_PAGED=${{PBX_PAGED}}&PJSIP/acme_101))\n"
        f"exten => *70,3,ExecIf({idle('102')}?Set(PBX_PAGED=${{PBX_PAGED}}&PJSIP/acme_102))\n"
        'exten => *70,4,ExecIf($["${PBX_PAGED}"=""]?Busy(5))\n'
        'exten => *70,5,Page(${PBX_PAGED:1},${IF($["${PBX_PAGE_BEEP}"="1"]?:q)}ib(acme-auto-answer^s^1)s,20)\n'
        "exten => *70,6,Hangup()\n"
    )


def test_the_options_of_a_group() -> None:
    text = page(members=["101"], duplex=True, quiet=True, skip_busy=False).text("acme")
    assert 'Page(${PBX_PAGED:1},${IF($["${PBX_PAGE_BEEP}"="1"]?:q)}dib(acme-auto-answer^s^1),20)' in text
    assert "PBX_PAGE_BEEP=1" not in text
    assert '"${DEVICE_STATE(PJSIP/acme_101)}"!="UNAVAILABLE"]?Set(PBX_PAGED' in text


def test_a_member_named_twice_is_paged_once_and_one_that_is_gone_not_at_all() -> None:
    text = page(members=["101", "101", "999"]).text("acme")
    assert text.count("&PJSIP/acme_101") == 1
    assert "999" not in text


def test_a_group_without_members_is_busy() -> None:
    assert 'exten => *70,2,ExecIf($["${PBX_PAGED}"=""]?Busy(5))' in page().text("acme")


def test_many_members_are_paged_in_lists_that_fit_a_variable() -> None:
    numbers = [str(number) for number in range(1_000_000_000, 1_000_000_250)]
    slug = "abcdefghijklmnop"
    phones = [{"tenant": slug, "number": number} for number in numbers]
    pbx = committed(registry.get("paging"), {slug: [{"number": "*70", "members": numbers, "duplex": True}]}, phone=phones)
    legs = "&".join(f"Local/*70@{slug}-page-{index}/n" for index in (1, 2, 3))
    text = pbx.text(slug)
    assert f"exten => *70,250,GotoIf({idle(numbers[-1], slug)}?252)\nexten => *70,251,Busy(5)\n" in text
    assert f'exten => *70,252,Page({legs},${{IF($["${{PBX_PAGE_BEEP}}"="1"]?:q)}}d,20)' in text
    for index, size in ((1, 100), (2, 100), (3, 50)):
        lines = [line for line in pbx.lines(slug) if line.context == f"page-{index}" and "&PJSIP/" in line.data]
        assert len(lines) == size
        assert sum(len(f"&PJSIP/{slug}_{number}") for number in numbers[:size]) < 4096
    assert all(f"&PJSIP/{slug}_{number})" in text for number in numbers)
