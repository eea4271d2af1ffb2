"""Phones, incoming and outgoing lines of the open tenant."""

from collections.abc import Callable, Mapping
from typing import Any

from addons.commits.extra_values import twins, upgrade_all_extras
from addons.declarations.errors import RecordErrors
from addons.declarations.overlay import lay_over
from addons.declarations.records import clean_record, missing_references, with_defaults
from addons.discovery.registry import registry
from dialplan.build.names import check_pattern
from dialplan.claims import settle_claims
from dialplan.rules import INTERNAL
from scopserv_site.sitefile.plan import differences
from scopserv_site.sitefile.shape import LINES_IN, LINES_OUT, PHONES, Part, Section
from scopserv_site.sitefile.work import TenantWork, check_given, problems
from tenants.life.limits import too_many_phones

BATCH = 500
_IDENTITIES: dict[str, Callable[[Any], Any]] = {
    LINES_IN.name: lambda line: (line.number, line.trunk),
    LINES_OUT.name: lambda line: check_pattern(line.pattern),
}


def put_section(section: Section, work: TenantWork) -> None:
    """Brings the records that the file names to what it says of them."""
    parts = work.part.sections.get(section.name, ())
    if parts and _put(work, section, parts):
        _touch(work, section)


def remove_section(section: Section, work: TenantWork) -> None:
    """Deletes the records that the file does not name."""
    rows = list(section.model.objects.all())
    named = _Rows(section, rows)
    kept = {row.pk for part in work.part.sections.get(section.name, ()) for row in named.all_of(part)}
    gone = [row for row in rows if row.pk not in kept]
    for row in gone:
        work.plan.remove(work.path(section.name, getattr(row, section.key)))
    if gone:
        section.model.objects.filter(pk__in=[row.pk for row in gone]).delete()
        _touch(work, section)
    if section is PHONES:
        work.removed_places += [place for row in gone for place in (row.number, f"phone:{row.number}")]


def remark_lines_to_nowhere(work: TenantWork) -> None:
    """Tells of incoming lines that lead to what was removed."""
    for line in LINES_IN.model.objects.filter(destination__in=work.removed_places) if work.removed_places else ():
        work.work.remarks.append(f"Incoming line {line.number} of {work.part.slug} still leads to {line.destination}, which is gone.")


def _touch(work: TenantWork, section: Section) -> None:
    work.touch(section.kind)
    if section is LINES_IN:
        settle_claims(work.work.change)


class _Rows:
    """The stored records of a section, found as a file names them."""

    def __init__(self, section: Section, rows: list[Any]) -> None:
        self.section = section
        self._by_key: dict[str, list[Any]] = {}
        for row in rows:
            self._by_key.setdefault(getattr(row, section.key), []).append(row)

    def of(self, part: Part) -> Any:
        """The stored record, or None. Raises ValueError when there are several, as a number may be on several trunks."""
        rows = self.all_of(part)
        if len(rows) > 1:
            raise ValueError(f"is on several trunks; write {' or '.join(f'{row.number}@{row.trunk}' for row in rows)}")
        return rows[0] if rows else None

    def all_of(self, part: Part) -> list[Any]:
        rows = self._by_key.get(part.name, [])
        return [row for row in rows if row.trunk == part.values["trunk"]] if part.name != part.key else rows

    def new(self, part: Part) -> Any:
        return self.section.model(**{self.section.key: part.name})


def _put(work: TenantWork, section: Section, parts: tuple[Part, ...]) -> bool:
    stale = upgrade_all_extras()
    all_rows = list(section.model.objects.all())
    rows = _Rows(section, all_rows)
    new: list[Any] = []
    changed: list[Any] = []
    for part in parts:
        faults = len(work.faults.found)
        with work.faults.at(part.path):
            stored = rows.of(part)
            record = stored or rows.new(part)
            before = _columns(section, record)
            _assign(work, section, record, part, stale)
            if stored is not None and _columns(section, record) == before:
                continue
            _check(work, section, record, part)
            after = _columns(section, record)
            if len(work.faults.found) > faults or (stored is not None and after == before):
                continue
            (new if stored is None else changed).append((part, record, before, after))
    _refuse_twins(work, section, all_rows, [(part, record) for part, record, _, _ in new + changed])
    if section is PHONES:
        _refuse_beyond_limit(work, len(all_rows), [part for part, *_ in new])
    _refuse_extra_twins(work, section, all_rows, [(part, record) for part, record, _, _ in new + changed])
    if work.faults:
        return False
    _save(work, section, new, changed)
    return bool(new or changed)


def _assign(work: TenantWork, section: Section, record: Any, part: Part, stale: Mapping[str, Exception]) -> None:
    given = {name: value for name, value in part.values.items() if getattr(record, name) != value}
    check_given(given)
    for name, value in given.items():
        setattr(record, name, value)
    for addon, values in part.extra.items():
        if addon in stale:
            raise ValueError(str(stale[addon]))
        _lay_extra(work, section, record, part, addon, values)


def _lay_extra(work: TenantWork, section: Section, record: Any, part: Part, addon: str, given: Mapping[str, Any]) -> None:
    params = registry.get(addon).extras[section.kind].params
    stored = (record.extra or {}).get(addon)
    before = with_defaults(params, stored or {})
    raw = lay_over(params, {} if stored is None else before, given)
    if raw == before:
        return
    try:
        data = clean_record(params, raw)
    except RecordErrors as error:
        errors = error.errors
    else:
        if data == before:
            return
        errors = missing_references(params, data, work.known)
        record.extra = {**(record.extra or {}), addon: data}
    for path, message in errors.items():
        work.faults.add((*part.path, "extra", addon, *path), message)


def _check(work: TenantWork, section: Section, record: Any, part: Part) -> None:
    for column, message in problems(record, work.around):
        if column == "destination" and work.faults and work.names(record.destination):
            continue  # it is in the file and could not be saved, which is said there
        if column == "trunk" and record.trunk in work.work.bad_trunks:
            continue
        place = () if column in ("", section.key) else (section.file_name(column),)
        work.faults.add((*part.path, *place), message)


def _refuse_twins(work: TenantWork, section: Section, rows: list[Any], given: list[tuple[Part, Any]]) -> None:
    """The rules see what is stored; these are the records of the file beside each other."""
    identify = _IDENTITIES.get(section.name)
    if identify is None:
        return
    records = [record for _, record in given]
    seen = {identify(row): getattr(row, section.key) for row in rows if row not in records}
    for part, record in given:
        if identify(record) in seen:
            work.faults.add(part.path, f"says the same as {seen[identify(record)]!r}; take one of them out")
        seen[identify(record)] = part.key


def _refuse_beyond_limit(work: TenantWork, used: int, new: list[Part]) -> None:
    allowed = work.around.limits.phones
    if allowed is not None:
        for part in new[max(0, allowed - used) :]:
            work.faults.add(part.path, f"is beyond the limit: {too_many_phones(allowed, used)}")


def _refuse_extra_twins(work: TenantWork, section: Section, rows: list[Any], given: list[tuple[Part, Any]]) -> None:
    records = [record for _, record in given]
    others = [row for row in rows if row not in records]
    for twin in twins(section.kind, [*others, *records]) if given else ():
        path = next((part.path for part, record in given if record is twin.row), None)
        if path is not None:
            work.faults.add((*path, "extra", twin.addon, twin.param), twin.message)


def _save(work: TenantWork, section: Section, new: list[Any], changed: list[Any]) -> None:
    section.model.objects.bulk_create([record for _, record, _, _ in new], batch_size=BATCH)
    if changed:  # only what differs is written, as somebody may be saving another field at this moment
        columns = [name for name in section.attributes if any(_differs(section.file_name(name), *each[2:]) for each in changed)]
        section.model.objects.bulk_update([record for _, record, _, _ in changed], columns, batch_size=BATCH)
    secrets = [each.name for each in section.fields if each.secret]
    for part, record, _, _ in new:
        work.plan.add(part.path)
        if section is PHONES:
            work.taken.add(INTERNAL, record.number, "section:phone")
    for part, _, before, after in changed:
        work.plan.change(part.path, differences(before, after, [*secrets, "extra"]))


def _differs(name: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    return bool(before[name] != after[name])


def _columns(section: Section, record: Any) -> dict[str, Any]:
    return {section.file_name(name): getattr(record, name) for name in section.attributes}
