"""What the addons wrote, against what Asterisk says that it can run."""

import re

import pytest

from dialplan.build.diff import diff_lines
from dialplan.build.names import place_line
from dialplan.deploy.live import read_facts, wrong_lines
from tests.addons.calls import acme
from tests.addons.calls.conftest import Server

pytestmark = pytest.mark.asterisk

FUNCTION = re.compile(r"(?:\$\{|Set\(|^)([A-Z_0-9]+)\(")


def test_every_line_is_there(server: Server) -> None:
    lines = [place_line(acme.SLUG, line) for line in acme.merged().live_lines]
    with server.client() as client:
        assert wrong_lines(client, diff_lines([], lines)) == []


def test_every_application_and_function_exists(server: Server) -> None:
    """Asterisk takes lines with others too, and ends the calls that reach them."""
    lines = acme.merged().live_lines
    with server.client() as client:
        applications = {name.lower() for name in read_facts(client).applications}
        functions = {row.split(" ")[0] for row in client.command("core show functions").splitlines()}
    assert {line.application.lower() for line in lines if line.application} <= applications
    assert {found for line in lines for found in FUNCTION.findall(line.data)} <= functions
