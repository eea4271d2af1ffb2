"""Going through the door that a page of another console leads to."""

import html
import re
from typing import Any
from urllib.parse import urlsplit

from django.test import Client


def door_of(page: Any) -> str:
    """The address that a page sends its reader on to."""
    assert page.status_code == 200
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
    assert found, page.content.decode()[:500]
    return html.unescape(found[1])


def open_door(door: str, client: Client | None = None) -> tuple[Client, Any]:
    """A browser that follows such an address, and what it is answered."""
    address = urlsplit(door)
    client = client or Client(HTTP_HOST=address.netloc)
    return client, client.get(f"{address.path}?{address.query}")
