"""The fields of phones, lines and trunks."""

from collections.abc import Callable

import pytest

from dialplan.build import sip_names

from .hostile import REFUSED

CHECKS: dict[str, Callable[[str], str]] = {
    "name": sip_names.check_display_name,
    "secret": sip_names.check_secret,
    "user": sip_names.check_user,
    "host": sip_names.check_host,
    "prepend": sip_names.check_prepend,
    "caller ID": sip_names.check_caller_id,
}


@pytest.mark.parametrize("field", CHECKS)
@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_hostile_texts_are_refused(field: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: ."):
        CHECKS[field](text)


@pytest.mark.parametrize("secret", ["s", "s101", 'a;b\\"c', ">x=y[z]#", "${SHELL(id)}"])
def test_secrets(secret: str) -> None:
    assert sip_names.check_secret(secret) == secret


@pytest.mark.parametrize("secret", ["", " a", "a b", "é", "x" * 121])
def test_bad_secrets(secret: str) -> None:
    with pytest.raises(ValueError, match=r"^secret: use 1 to 120"):
        sip_names.check_secret(secret)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("sip.example.net", ("sip.example.net", 5060)),
        ("sip.example.net:5070", ("sip.example.net", 5070)),
        ("192.0.2.10", ("192.0.2.10", 5060)),
        ("[2001:db8::1]:5070", ("[2001:db8::1]", 5070)),
        ("localhost", ("localhost", 5060)),
    ],
)
def test_hosts(host: str, address: tuple[str, int]) -> None:
    assert sip_names.check_host(host) == host
    assert sip_names.split_host(host) == address


@pytest.mark.parametrize(
    "host", ["", "a b", "a;b", "a,b", "-a", "a-", "a..b", "a:0", "a:65536", "a/24", "sip:a", "u@a", "[1]", "999.1.1.1"]
)
def test_bad_hosts(host: str) -> None:
    with pytest.raises(ValueError, match=r"^host: "):
        sip_names.check_host(host)


@pytest.mark.parametrize("name", ['Al "Bo"', "a;--", "a<b>", "${X}", "x" * 81])
def test_display_names(name: str) -> None:
    assert sip_names.check_display_name("Élodie O'Neil (hall), 3rd") == "Élodie O'Neil (hall), 3rd"
    with pytest.raises(ValueError, match=r"^name: "):
        sip_names.check_display_name(name)


@pytest.mark.parametrize("prepend", ["1&PJSIP/x", "${X}", "1,2", "++1"])
def test_prepended_digits(prepend: str) -> None:
    assert sip_names.check_prepend("+1") == "+1"
    with pytest.raises(ValueError, match=r"^prepend: "):
        sip_names.check_prepend(prepend)


def test_line_names() -> None:
    assert sip_names.check_line_name("long-distance") == "long-distance"
    with pytest.raises(ValueError, match=r"^name: "):
        sip_names.check_line_name("Long distance")
