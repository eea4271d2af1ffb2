from collections.abc import Iterator

import pytest

from dialplan.deploy.ami import AMIClient
from dialplan.deploy.asterisk import PrivateAsterisk
from tests.asterisk_fixture import asterisk

__all__ = ["asterisk"]


@pytest.fixture
def client(asterisk: PrivateAsterisk) -> Iterator[AMIClient]:
    with asterisk.client() as connected:
        yield connected
