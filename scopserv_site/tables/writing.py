"""Tables as files that spreadsheets open."""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

Row = Sequence[str | int]
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def csv_file(rows: Iterable[Row]) -> bytes:
    """CSV in UTF-8 with the mark by which Excel knows it."""
    return b"".join(csv_lines(rows))


def csv_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """The same, line by line."""
    writer = csv.writer(_Echo())
    yield BOM_UTF8
    for row in rows:
        yield writer.writerow(row).encode("utf-8", "replace")


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def xlsx_file(rows: Iterable[Row], title: str) -> bytes:
    """A workbook of one sheet; whole numbers are numbers, all else is text."""
    from openpyxl import Workbook  # here, because it takes 0.1 s: no command should start later for it
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(each for each in title if each not in "[]:*?/\\")[:31] or "Records")
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell for cell in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()
