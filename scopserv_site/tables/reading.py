"""Files that people upload: CSV or XLSX, however they were saved, and however they were meant."""

import csv
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any, NamedTuple

LARGEST = 10 * 1024 * 1024
UNPACKED = 100 * 1024 * 1024
PARTS = 1000  # files in a workbook
ROWS, COLUMNS, CELL = 10_000, 300, 32_767


class BadTable(ValueError):
    """The file cannot be read; says what to do."""


class Line(NamedTuple):
    """A row that holds something, and its number as the spreadsheet counts."""

    number: int
    cells: list[str]


def read_table(content: bytes) -> list[Line]:
    """All rows that hold something, the headings first. Raises BadTable."""
    if len(content) > LARGEST:
        raise BadTable(f"The file is larger than {LARGEST // 1024 // 1024} MB; split it.")
    rows = _workbook(content) if content.startswith(b"PK") else _csv(content)
    found: list[Line] = []
    for number, cells in enumerate(rows, 1):
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > COLUMNS:
            raise BadTable(f"Row {number} has more than {COLUMNS} columns; take out those that are not needed.")
        if any(len(cell) > CELL for cell in cells):
            raise BadTable(f"Row {number} has a cell of more than {CELL} characters; shorten it.")
        if cells:
            found.append(Line(number, cells))
        if len(found) > ROWS + 1:
            raise BadTable(f"The file has more than {ROWS} rows; split it.")
    if not found:
        raise BadTable("The file is empty; its first row names the columns.")
    return found


def _csv(content: bytes) -> Iterator[list[str]]:
    text = _text(content)
    if "\0" in text:
        raise BadTable("The file is not CSV; save it as CSV in UTF-8, or as XLSX.")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise BadTable(f"The file is not CSV ({error}); save it anew.") from None


def _text(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadTable(f"Row {line} of the file is not UTF-8; save it as CSV in UTF-8, or as XLSX.") from None


def _workbook(content: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook  # here, as in writing

    _check_size(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
        sheet: Any = book.worksheets[0]
        rows: Iterable[Any] = sheet.iter_rows(max_row=2 * ROWS, max_col=COLUMNS + 1)
        for number, row in enumerate(rows, 1):
            yield [_cell(cell, number) for cell in row]
    except BadTable:
        raise
    except Exception as error:  # openpyxl and what it calls raise whatever a broken file provokes
        raise BadTable(f"The file is not a workbook that can be read ({type(error).__name__}); save it anew as XLSX, or as CSV.") from error


def _check_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise BadTable(f"The file is not a workbook ({error}); save it anew as XLSX, or as CSV.") from None
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise BadTable(f"The workbook unpacks to more than {UNPACKED // 1024 // 1024} MB; save its sheet alone.")


def _cell(cell: Any, number: int) -> str:
    if getattr(cell, "data_type", "") == "f":
        raise BadTable(f"Row {number} holds a formula; paste its values instead.")
    match cell.value:
        case None:
            return ""
        case bool() as tick:
            return "yes" if tick else "no"
        case float() as value if value.is_integer():
            return str(int(value))
        case datetime() as moment:
            return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ", "minutes")
        case date() as day:
            return day.isoformat()
        case time() as clock:
            return clock.isoformat("minutes")
        case value:
            return str(value)
