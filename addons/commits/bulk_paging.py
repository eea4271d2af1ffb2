"""Paging for many tenants in one go: the paging group in each of them, and the number that pages them all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from django_tenants.utils import get_public_schema_name, schema_context

from addons.commits.storing import Given, Records
from addons.declarations.errors import Path, show_path
from addons.discovery.registry import registry
from addons.models import AddonState
from addons.stored.known import Known
from dialplan.build.sections import INTERNAL
from dialplan.changes import MANY, SERVER, changing, lock, lock_records
from dialplan.deploy.models import OWN, Deployment
from dialplan.models import Phone
from dialplan.origins import title_of
from dialplan.refusal import Refused
from dialplan.surroundings import Taken, taken_by
from tenants.life.limits import limits_of
from tenants.schema import all_slugs, open_tenant
from tenants.words import counted

GROUPS, PAGES = "paging", "multipage"
ALL: Literal["all"] = "all"
SHOWN = 5  # tenants in a remark
OPTIONS = {"d": "duplex", "q": "quiet"}

Slugs = tuple[str, ...] | Literal["all"]
Advance = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class PagingSetup:
    """What is asked for; None leaves what is there, or takes the default for what is new."""

    number: str
    tenants: Slugs
    callers: Slugs | None = None
    group: str | None = None
    name: str | None = None
    options: str | None = None
    pin: str | None = None

    def __post_init__(self) -> None:
        if unknown := set(self.options or "") - set(OPTIONS):
            raise ValueError(f"options: {''.join(sorted(unknown))!r} is unknown; use d (members may talk back) and q (no beep), or both")

    @property
    def ticks(self) -> dict[str, bool]:
        return {} if self.options is None else {name: letter in self.options for letter, name in OPTIONS.items()}


@dataclass(slots=True)
class Outcome:
    """What was done, in lines that begin with + or ~, and what whoever asked for it should know."""

    lines: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    slugs: list[str] = field(default_factory=list)  # the tenants that it concerns


def set_up_paging(
    setup: PagingSetup, *, dry_run: bool = False, actor: str = "", advance: Advance = lambda what, total, done: None
) -> Outcome:
    """Makes the paging groups that are missing, with all phones of their tenants, and makes or changes the page across tenants.

    All of it in one transaction. Raises Refused with all that is wrong, and UnknownAddon.
    """
    outcome = Outcome()
    groups, pages = registry.get(GROUPS), registry.get(PAGES)
    with schema_context(get_public_schema_name()):
        everyone = all_slugs()
        heard, callers = _existing(setup.tenants, everyone), _existing(setup.callers or (), everyone)
        with changing(actor=actor, own=frozenset({GROUPS, PAGES}), dry_run=dry_run) as change:
            lock(MANY)
            for slug in sorted({SERVER, *heard}):
                lock_records(slug)
            page = Records(pages, Known(), Taken())
            number, group = _numbers(setup, page)
            errors: list[str] = []
            for index, slug in enumerate(heard):
                advance(f"paging group of {slug}", len(heard), index)
                with open_tenant(slug):
                    if _put_group(Records(groups, Known(), Taken()), slug, group, setup, outcome, errors):
                        change.touch(GROUPS, f"Paging group {group} set up", slug=slug)
            if _put_page(page, number, group, setup, outcome, errors):
                change.touch(PAGES, f"Page {number} set up", slug=SERVER)
            errors += _taken(number, callers if setup.callers else _callers(page, number, everyone))
            if errors:
                raise Refused("\n".join(errors))
            outcome.remarks += _apart(heard, callers if setup.callers else _callers(page, number, everyone))
            advance("building", 0, 0)
            change.settle()
            outcome.slugs = sorted({*heard, *change.rebuilt})
    return outcome


def _put_group(records: Records, slug: str, group: str, setup: PagingSetup, outcome: Outcome, errors: list[str]) -> bool:
    if group in records.stored:
        if setup.ticks.get("duplex") and not records.stored[group].data.get("duplex"):
            outcome.remarks.append(f"{slug}: the members of group {group} can still not talk back; that is set on the group itself")
        return False
    members = sorted(Phone.objects.values_list("number", flat=True))
    values: dict[str, Any] = {records.addon.key.name: group, "members": members, **setup.ticks} if records.addon.key else {}
    (given,) = records.put({group: values if setup.name is None else {**values, "name": setup.name}})
    errors += [f"{slug}: paging group {group}: {message}" for message in _messages(given)]
    outcome.lines.append(f"+ {slug}: paging group {group} with {counted(len(members), 'phone')}")
    if AddonState.objects.filter(addon=GROUPS, enabled=False).exists():
        outcome.remarks.append(f"{slug}: addon '{GROUPS}' is switched off there, so nothing is heard")
    elif not limits_of(slug).allows(GROUPS):
        outcome.remarks.append(f"{slug}: addon '{GROUPS}' is not among those that it may use, so nothing is heard")
    return True


def _put_page(page: Records, number: str, group: str, setup: PagingSetup, outcome: Outcome, errors: list[str]) -> bool:
    given: dict[str, Any] = {"number": number, "group": group, "tenants": _listed(setup.tenants), **setup.ticks}
    given |= {"callers": _listed(setup.callers)} if setup.callers is not None else {}
    given |= {name: value for name, value in (("name", setup.name), ("pin", setup.pin)) if value is not None}
    (record,) = page.put({number: given})
    errors += [f"page {number}: {message}" for message in _messages(record)]
    if record.before is None:
        outcome.lines.append(f"+ page {number}: heard at {_shown(setup.tenants)}")
    elif record.changed:
        outcome.lines.append(f"~ page {number}: {', '.join(record.changed)}")
    return bool(record.changed)


def _numbers(setup: PagingSetup, page: Records) -> tuple[str, str]:
    """The page's number and its group's, as they are stored. Raises Refused."""
    params = {param.name: param for param in page.addon.params}
    try:
        number = str(params["number"].clean(setup.number))
        stored = page.stored[number].data.get("group") if number in page.stored else None
        return number, str(params["group"].clean(setup.group or stored or params["group"].initial))
    except ValueError as error:
        raise Refused(f"number or group: {error}") from None


def _existing(wanted: Slugs | Sequence[str], everyone: Sequence[str]) -> list[str]:
    """The slugs that are meant. Raises Refused when there is no such tenant."""
    if wanted == ALL:
        return list(everyone)
    for slug in wanted:
        if slug not in everyone:
            near = get_close_matches(slug, everyone, n=1)
            raise Refused(
                f"There is no tenant {slug!r}" + (f"; did you mean {near[0]!r}?" if near else "; 'manage.py list_tenants' shows them.")
            )
    return sorted(set(wanted))


def _callers(page: Records, number: str, everyone: Sequence[str]) -> list[str]:
    """Whose phones may dial the page, of the tenants that there are."""
    stored = page.stored[number].data.get("callers", ALL) if number in page.stored else ()
    return [slug for slug in everyone if stored == ALL or slug in stored]


def _taken(number: str, callers: Iterable[str]) -> list[str]:
    """Where the page's number answers for something else already."""
    found = []
    for slug in callers:
        with open_tenant(slug):
            if origin := taken_by(INTERNAL, number, f"addon:{PAGES}"):
                found.append(f"{slug}: {number} is in use already in {INTERNAL}, by {title_of(origin)}; choose another number")
    return found


def _apart(heard: Iterable[str], callers: Iterable[str]) -> list[str]:
    """Which of the tenants some callers do not reach, as they are on other servers."""
    nodes: dict[str, set[str]] = {}
    for slug, node in Deployment.objects.filter(removing=False).exclude(slug=OWN).values_list("slug", "node__name"):
        nodes.setdefault(slug, set()).add(node)
    reached = [nodes.get(slug, set()) for slug in callers]
    apart = [slug for slug in heard if slug in nodes and any(each and not each & nodes[slug] for each in reached)]
    if not apart:
        return []
    more = f" and {len(apart) - SHOWN} more" if len(apart) > SHOWN else ""
    return [f"a page is heard on the caller's own server alone: {', '.join(apart[:SHOWN])}{more} are on another one than some callers"]


def _messages(given: Given) -> list[str]:
    paths: dict[Path, str] = given.errors
    return [f"{show_path(path)}: {message}" for path, message in paths.items()]


def _listed(slugs: Slugs) -> Any:
    return ALL if slugs == ALL else sorted(set(slugs))


def _shown(slugs: Slugs) -> str:
    return "all tenants" if slugs == ALL else ", ".join(sorted(set(slugs)))
