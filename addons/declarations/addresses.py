"""The kinds of form parameter that name something outside a record: an e-mail or IP address, a phone number of the world."""

import ipaddress
import re
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from addons.declarations.declare import Words, kind
from addons.declarations.errors import ParamError
from addons.declarations.param import Param, check_pattern, matching, plain_text

_LOCAL = re.compile(r"[A-Za-z0-9_%+'-]+(\.[A-Za-z0-9_%+'-]+)*")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_NUMBER = re.compile(r"\+?[0-9]{2,20}")
_BLANKS = str.maketrans("", "", " -./()")


@dataclass(frozen=True, slots=True)
class Email(Param):
    """An e-mail address; without the characters that a mailbox may have and a dialplan or a shell would take for its own."""

    _: KW_ONLY
    placeholder: Words = ""

    can_be_key: ClassVar[bool] = True

    def _clean(self, value: Any) -> str:
        text = plain_text(value).strip()
        local, at, domain = text.rpartition("@")
        domain = domain.lower()
        if text and not (at and len(local) <= 64 and len(domain) <= 190 and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
            raise ParamError(f"{text!r} is not an e-mail address such as alice@acme.example")
        return f"{local}@{domain}" if text else ""


@dataclass(frozen=True, slots=True)
class IPAddress(Param):
    """An IPv4 or IPv6 address; with `network` it may also be a whole network, as 192.0.2.0/24."""

    _: KW_ONLY
    network: bool = False
    placeholder: Words = ""

    can_be_key: ClassVar[bool] = True

    def _check(self) -> None:
        if not isinstance(self.network, bool):
            self._refuse(f"network must be True or False, not {kind(self.network)}")

    def _clean(self, value: Any) -> str:
        text = plain_text(value).strip()
        if not text:
            return ""
        if "/" in text and self.network:
            return _network(text)
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            raise ParamError(f"{text!r} is not an IP address{' or network' if self.network else ''} such as {_example(self)}") from None
        if isinstance(address, ipaddress.IPv6Address) and address.scope_id:
            raise ParamError(f"{text!r} names a network card, which means something on one machine only; leave out %{address.scope_id}")
        return str(address)


@dataclass(frozen=True, slots=True)
class PhoneNumber(Param):
    """A number in the public network: digits, and a + in front where it is international. Blanks, dashes and the like are taken out."""

    _: KW_ONLY
    pattern: str = ""
    placeholder: Words = ""

    can_be_key: ClassVar[bool] = True

    def _check(self) -> None:
        check_pattern(self, self.pattern)

    def _clean(self, value: Any) -> str:
        text = plain_text(value).strip()
        number = text.translate(_BLANKS)
        if "(0)" in text:
            raise ParamError(f"{text!r} has a (0), which is dialled or not depending on where one is; leave it out")
        if text and not _NUMBER.fullmatch(number):
            raise ParamError(f"{text!r} is not a phone number; use 2 to 20 digits, with a + in front if it is international")
        return matching(number, self.pattern, self.help)


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        pass
    try:
        meant = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ParamError(f"{text!r} is not a network such as 192.0.2.0/24") from None
    raise ParamError(f"{text!r} is an address within a network; did you mean {meant}?")


def _example(param: IPAddress) -> str:
    return "192.0.2.10, 2001:db8::10 or 192.0.2.0/24" if param.network else "192.0.2.10 or 2001:db8::10"
