"""Who wrote a line, in words."""

import pytest

from dialplan.origins import title_of, writer_of


@pytest.mark.parametrize(
    ("origin", "title", "writer"),
    [
        ("section:phone", "Phones", "Phone 77"),
        ("section:line_out", "Outgoing lines", "Outgoing line 77"),
        ("addon:paging", "Paging groups", "Paging group 77"),
        ("addon:multipage", "Paging across tenants", "Page across tenants 77"),
        ("addon:callforward", "Call forwarding", "Call forwarding settings 77"),
        ("addon:gone", "addon:gone", "addon:gone"),
        ("staff", "staff", "staff"),
        ("", "", ""),
    ],
)
def test_origins_in_words(origin: str, title: str, writer: str) -> None:
    assert title_of(origin) == title
    assert writer_of(origin, "77") == writer
    assert writer_of(origin, "") == title
