"""The PJSIP objects of phones, trunks and the transport."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from .names import check_slug, context_name, device_name
from .sections import PhoneSpec, TrunkSpec

Options = tuple[tuple[str, str], ...]

_MEDIA: Options = (("disallow", "all"), ("allow", "ulaw,alaw,g722"), ("direct_media", "no"))
_BEHIND_NAT: Options = (("rtp_symmetric", "yes"), ("force_rport", "yes"), ("rewrite_contact", "yes"))


@dataclass(frozen=True, slots=True)
class Section:
    """One section of pjsip.conf; a phone's endpoint, auth and aor are three sections of one name."""

    name: str
    options: Options


def phone_sections(slug: str, phones: Iterable[PhoneSpec]) -> tuple[Section, ...]:
    """Give each phone its endpoint, auth and aor."""
    sections: list[Section] = []
    for phone in sorted(phones, key=lambda phone: phone.number):
        name = device_name(slug, phone.number)
        endpoint: Options = (
            ("type", "endpoint"),
            ("context", context_name(slug, phone.context)),
            *_MEDIA,
            *_BEHIND_NAT,
            ("auth", name),
            ("aors", name),
            ("callerid", f"{_quoted(phone.name)} <{phone.number}>" if phone.name else phone.number),
            ("tenantid", check_slug(slug)),
            ("set_var", f"AUTO_ANSWER={phone.auto_answer}"),
        )
        auth: Options = (("type", "auth"), ("auth_type", "userpass"), ("username", name), ("password", phone.secret))
        aor: Options = (("type", "aor"), ("max_contacts", "1"), ("remove_existing", "yes"))
        sections += [Section(name, endpoint), Section(name, auth), Section(name, aor)]
    return tuple(sections)


def trunk_sections(trunk: TrunkSpec) -> tuple[Section, ...]:
    """Give a trunk its endpoint, known by address alone, and what its account needs."""
    name = trunk.name
    address = f"{trunk.host}:{trunk.port}"
    # Known by address only: a stranger who calls himself by the trunk's name would otherwise come in without a password.
    endpoint: Options = (("type", "endpoint"), ("context", f"trunk-{name}"), *_MEDIA, ("aors", name), ("identify_by", "ip"))
    login: Options = (("outbound_auth", name),) if trunk.user and trunk.secret else ()
    sections = [
        Section(name, endpoint + login),
        Section(name, (("type", "aor"), ("contact", f"sip:{address}"))),
        Section(name, (("type", "identify"), ("endpoint", name), ("match", trunk.host.strip("[]")))),
    ]
    if login:
        credentials: Options = (("auth_type", "userpass"), ("username", trunk.user), ("password", trunk.secret))
        sections.append(Section(name, (("type", "auth"), *credentials)))
    if trunk.register:
        user = quote(trunk.user, safe="")
        registration: Options = (
            ("type", "registration"),
            ("outbound_auth", name),
            ("server_uri", f"sip:{address}"),
            ("client_uri", f"sip:{user}@{address}"),
            ("contact_user", user),
        )
        sections.append(Section(name, registration))
    return tuple(sections)


def transport_sections(sip_address: str) -> tuple[Section, ...]:
    """Listen at ADDRESS:PORT over UDP; nothing when the operator keeps the transport in a file of his own."""
    if not sip_address:
        return ()
    host, _, port = sip_address.rpartition(":")
    try:
        ipaddress.ip_address(host.strip("[]"))
        valid = 1 <= int(port) <= 65535
    except ValueError:
        valid = False
    if not valid:
        raise ValueError(f"sip_address: {sip_address[:60]!a} is not ADDRESS:PORT, such as 127.0.0.1:5060")
    return (Section("transport-udp", (("type", "transport"), ("protocol", "udp"), ("bind", sip_address))),)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
