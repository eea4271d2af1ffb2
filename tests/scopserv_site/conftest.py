"""Site files in tests: applied as the command does it, and exported."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from textwrap import dedent

import pytest
from django.core.management import call_command

Apply = Callable[..., str]


@pytest.fixture
def apply(tmp_path: Path) -> Apply:
    """apply(text, **options) applies a file with this text, and gives what the command printed."""

    def run(text: str | bytes, **options: object) -> str:
        file = tmp_path / "site.yaml"
        file.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        out = StringIO()
        call_command("apply", str(file), stdout=out, stderr=out, **options)
        return out.getvalue()

    return run


def exported(**options: object) -> str:
    """What `export` writes."""
    out = StringIO()
    call_command("export", stdout=out, **options)
    return out.getvalue()
