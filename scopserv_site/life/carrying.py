"""A file that somebody has looked at, taken along to the page's next answer: encrypted, and of use to nobody else."""

import base64
import zlib
from typing import Any

from django.core import signing
from django.http import HttpRequest

from dialplan.refusal import Refused
from tenants.secrets import LostKey, decrypt, encrypt

GOOD_FOR = 3600  # seconds
LONGEST = 2_000_000


def carried(request: HttpRequest, name: str, content: bytes, node: str | None) -> str:
    """What to put into the page. Raises Refused when the file is too large."""
    packed = base64.b85encode(zlib.compress(content)).decode()
    found = encrypt(signing.dumps([name, packed, node], salt=_salt(request)))
    if len(found) > LONGEST:
        raise Refused("The file is too large to be looked at first; use 'manage.py apply'.")
    return found


def opened(request: HttpRequest, token: str) -> tuple[str, bytes, str | None]:
    """Name, content and node. Raises Refused when it is too old or not this person's."""
    try:
        name, packed, node = signing.loads(decrypt(token), salt=_salt(request), max_age=GOOD_FOR)
    except (LostKey, signing.BadSignature):
        raise Refused("The preview is too old, or not yours; upload the file again.") from None
    return name, zlib.decompress(base64.b85decode(packed)), node


def _salt(request: HttpRequest) -> str:
    user: Any = request.user
    return f"restore:{user.pk}"
