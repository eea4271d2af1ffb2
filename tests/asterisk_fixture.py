"""A real Asterisk for tests: `from tests.asterisk_fixture import asterisk` in a conftest.py, or as a plugin."""

import os
from collections.abc import Iterator

import pytest

from dialplan.deploy.asterisk import PrivateAsterisk, find_asterisk


def need_asterisk() -> None:
    """Skip where there is no Asterisk, but fail in CI: there its tests must run."""
    if find_asterisk() is None:
        message = "no Asterisk on PATH nor under var/asterisk: run `make asterisk`"
        if os.environ.get("CI"):
            pytest.fail(message, pytrace=False)
        pytest.skip(message)


@pytest.fixture(scope="session")
def asterisk() -> Iterator[PrivateAsterisk]:
    """One private Asterisk for the whole run; a test leaves it as it found it, and running."""
    need_asterisk()
    with PrivateAsterisk() as running:
        yield running
