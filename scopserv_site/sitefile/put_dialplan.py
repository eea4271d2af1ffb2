"""Staff's own contexts, dialplan lines and AstDB keys of the open tenant."""

from collections import defaultdict
from typing import Any

from dialplan.build.names import check_exten
from dialplan.models import STAFF, AstDBEntry, Context, Extension
from dialplan.rules import INTERNAL
from dialplan.uses import named_by
from scopserv_site.sitefile.plan import show
from scopserv_site.sitefile.shape import Command, ContextPart, ExtensionPart
from scopserv_site.sitefile.work import TenantWork, problems
from tenants.words import counted

Lines = dict[tuple[str, str], dict[int, Extension]]  # by context and extension, then by priority
BATCH = 500
LINE_KIND, ENTRY_KIND = "staff", "astdb"


def put_contexts(work: TenantWork) -> None:
    """Makes the contexts that the file names."""
    if not work.part.contexts:
        return
    stored = {context.name: context for context in Context.objects.all()}
    for part in work.part.contexts:
        context = stored.get(part.name)
        before = None if context is None else context.description
        if context is None:
            context = Context(name=part.name)
        if part.description is not None:
            context.description = part.description
        if before == context.description:
            continue
        found = list(problems(context))
        for column, message in found:
            work.faults.add((*part.path, *(("description",) if column == "description" else ())), message)
        if not found:
            context.save()
            work.touch(LINE_KIND)
            _tell_context(work, part, before, context)


def put_lines(work: TenantWork) -> None:
    """Makes each extension that the file names hold exactly the lines that it says.

    They do not count as taken for the records of addons in this very file: who wins there is the layers' business.
    """
    if not any(context.extensions for context in work.part.contexts):
        return
    lines = staff_lines()
    new: list[Extension] = []
    changed: list[Extension] = []
    gone: list[Extension] = []
    for context in work.part.contexts:
        for part in context.extensions:
            _compare(work, context, part, lines[context.name, part.exten], new, changed, gone)
    if work.faults or not (new or changed or gone):
        return
    if work.part.addons:
        work.taken.read()
    _delete(gone)
    Extension.objects.bulk_update(changed, ["application", "data"], batch_size=BATCH)
    Extension.objects.bulk_create(new, batch_size=BATCH)
    work.touch(LINE_KIND)


def put_entries(work: TenantWork) -> None:
    """Gives the AstDB keys that the file names their values."""
    if not work.part.entries:
        return
    stored = {(row.family, row.key): row for row in AstDBEntry.objects.filter(origin=STAFF)}
    new: list[AstDBEntry] = []
    changed: list[AstDBEntry] = []
    for part in work.part.entries:
        row = stored.get((part.family, part.key))
        before = None if row is None else row.value
        if before == part.value:
            continue
        entry = row or AstDBEntry(family=part.family, key=part.key)
        entry.value = part.value
        found = [message for _, message in problems(entry, work.around)]
        for message in found:
            work.faults.add(part.path, message)
        if not found and row is None:
            new.append(entry)
            work.plan.add(part.path, show(part.value))
        elif not found:
            changed.append(entry)
            work.plan.change(part.path, f"{show(before)} -> {show(part.value)}")
    AstDBEntry.objects.bulk_update(changed, ["value"], batch_size=BATCH)
    AstDBEntry.objects.bulk_create(new, batch_size=BATCH)
    if new or changed:
        work.touch(ENTRY_KIND)


def remove_dialplan(work: TenantWork) -> None:
    """Deletes staff's lines and keys that the file does not name."""
    named = {(context.name, part.exten) for context in work.part.contexts for part in context.extensions}
    gone = {place: rows for place, rows in staff_lines().items() if place not in named}
    _delete([row for rows in gone.values() for row in rows.values()])
    for context, exten in sorted(gone):
        work.plan.remove(work.path("contexts", context, exten))
        work.taken.discard(context, exten, STAFF)
    keys = {(part.family, part.key) for part in work.part.entries}
    entries = [row for row in AstDBEntry.objects.filter(origin=STAFF) if (row.family, row.key) not in keys]
    AstDBEntry.objects.filter(pk__in=[row.pk for row in entries]).delete()
    for row in entries:
        work.plan.remove(work.path("astdb", row.family, row.key))
    for kind, rows in ((LINE_KIND, gone), (ENTRY_KIND, entries)):
        if rows:
            work.touch(kind)


def remove_contexts(work: TenantWork) -> None:
    """Deletes contexts that the file does not name; done last, when nothing leads there any more."""
    named = {part.name for part in work.part.contexts} | {INTERNAL}
    gone = {context.name: context.pk for context in Context.objects.exclude(name__in=named)}
    if not gone:
        return
    for name in gone:
        if users := named_by("context", name):
            work.faults.add(work.path("contexts", name), f"is not in the file, and {', '.join(users)} needs it; name it there")
    Context.objects.filter(pk__in=gone.values()).delete()
    for name in gone:
        work.plan.remove(work.path("contexts", name))
    work.touch(LINE_KIND)


def staff_lines() -> Lines:
    """All lines of staff's own."""
    lines: Lines = defaultdict(dict)
    for row in Extension.objects.filter(origin=STAFF):
        lines[row.context, check_exten(row.exten)][row.priority] = row
    return lines


def _compare(
    work: TenantWork,
    context: ContextPart,
    part: ExtensionPart,
    stored: dict[int, Extension],
    new: list[Extension],
    changed: list[Extension],
    gone: list[Extension],
) -> None:
    wanted = {command.priority: command for command in part.commands}
    dropped = [row for priority, row in stored.items() if priority not in wanted]
    differing = [command for command in part.commands if not _same(stored.get(command.priority), command)]
    if not differing and not dropped:
        return
    for command in differing:
        row = stored.get(command.priority)
        line = row or Extension(context=context.name, exten=part.exten, priority=command.priority)
        line.application, line.data = command.application, command.data
        for _, message in problems(line, work.around):
            work.faults.add(command.path, message)
        (new if row is None else changed).append(line)
    gone += dropped
    if not stored:
        work.plan.add(part.path, counted(len(wanted), "line"))
    elif not wanted:
        work.plan.remove(part.path)
        work.taken.discard(context.name, part.exten, STAFF)
    else:
        counts = [f"+{sum(each.priority not in stored for each in differing)}", f"-{len(dropped)}"]
        work.plan.change(part.path, f"{counted(len(differing) + len(dropped), 'line')} ({' '.join(counts)})")


def _same(row: Extension | None, command: Command) -> bool:
    return row is not None and (row.application, row.data) == (command.application, command.data)


def _delete(rows: list[Any]) -> None:
    if rows:
        Extension.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _tell_context(work: TenantWork, part: ContextPart, before: str | None, context: Context) -> None:
    if before is None:
        work.plan.add(part.path)
    else:
        work.plan.change(part.path, f"description {show(before)} -> {show(context.description)}")
