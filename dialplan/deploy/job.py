"""One tenant on one node, or the node's own files: what is there, what differs from what should be, and the files in between."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from dialplan.build.diff import EntryDelta, LineDelta, diff_entries, diff_lines, plan_text
from dialplan.build.model import Entry, Line
from dialplan.build.text import UnsafeText, entries_text, parse_dialplan, parse_entries
from dialplan.deploy import live
from dialplan.deploy.ami import AMIClient
from dialplan.deploy.folder import NodeFolder, fingerprint, node_files, tenant_files
from dialplan.deploy.left import Heir, forget_left, hand_over, read_left
from dialplan.deploy.objects import Object, read_objects, wrong_objects

_HEADER = re.compile(r"^\[([^\]]+)\]", re.MULTILINE)
_INCLUDE = re.compile(r"^include => (.+)$", re.MULTILINE)
_BY_AMI = "#tryinclude"  # a tenant's file that is new brings lines which its own job sends over AMI


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should be in the three files of a tenant (or of the node: slug "") and, with it, in Asterisk; and the tenant's recordings."""

    slug: str
    dialplan: str = ""
    pjsip: str = ""
    entries: tuple[Entry, ...] = ()
    lines: tuple[Line, ...] = ()
    gone: bool = False  # nothing at all: the tenant leaves the node
    sounds: Mapping[str, str] = field(default_factory=dict)  # by file, the digest of what is in it
    read_sound: Callable[[str], bytes] = lambda digest: b""  # what has that digest

    @property
    def names(self) -> tuple[str, str, str]:
        return tenant_files(self.slug) if self.slug else node_files()


@dataclass(slots=True)
class Job:
    """The way of one `Wanted` to a node. `digest` is that of the files which Asterisk is known to have loaded, "" when it must be asked."""

    wanted: Wanted
    digest: str = ""
    clear: bool = False  # what calls left there was another tenant's
    heir: Heir | None = None  # of a tenant that leaves the node
    lines: LineDelta = field(default_factory=lambda: LineDelta((), ()))
    entries: EntryDelta = field(default_factory=lambda: EntryDelta((), ()))
    objects: list[Object] = field(default_factory=list)  # to read back
    gone_objects: list[str] = field(default_factory=list)
    new_logins: list[str] = field(default_factory=list)  # phones with another secret: who is in with the old one is to be out
    reload_dialplan: bool = False
    reload_pjsip: bool = False
    differs: list[str] = field(default_factory=list)  # for people: what was not as it should be
    error: str = ""

    @property
    def changes(self) -> int:
        return len(self.lines.removed) + len(self.lines.put)

    def forget_another(self, client: AMIClient) -> None:
        """Delete what an earlier tenant of that name left, before anything of this one is there."""
        if self.clear:
            forget_left(client, self.wanted.slug, read_left(client, self.wanted.slug))

    def inspect(self, folder: NodeFolder, client: AMIClient) -> None:
        """Find out what differs; changes nothing."""
        wanted = self.wanted
        texts = folder.texts(wanted.names)
        dialplan, pjsip, manifest = (texts[name] or "" for name in wanted.names)
        sounds = self._sounds_there(folder)
        trusted = self.digest != "" and self.digest == fingerprint({**texts, **sounds})
        owned = _owned(wanted.slug, manifest)
        self.reload_pjsip = pjsip != wanted.pjsip or wanted.gone
        if self.reload_pjsip:
            old_objects, new_objects = read_objects(pjsip), read_objects(wanted.pjsip)
            self.gone_objects = sorted({one.name for one in old_objects} - {one.name for one in new_objects})
            known = set(old_objects)
            self.objects = [one for one in new_objects if one not in known]
            logins = {one.name for one in old_objects if one.kind == "auth"}
            self.new_logins = sorted(one.name for one in self.objects if one.kind == "auth" and one.name in logins)
        old_lines: list[Line] = []
        if wanted.slug:
            old_lines = parse_dialplan(dialplan) if trusted else self._ask_lines(client, dialplan)
            self.lines = diff_lines(old_lines, wanted.lines)
            self.reload_dialplan = wanted.gone or not all(map(live.fits, self.lines.put))
        else:
            self.reload_dialplan = _must_reload(dialplan, wanted.dialplan)
        if trusted:
            self.entries = diff_entries(owned, wanted.entries)
            return
        keys = {(entry.family, entry.key) for entry in (*owned, *wanted.entries)}
        old_entries = live.read_entries(client, sorted(keys))
        self.entries = diff_entries(old_entries, wanted.entries)
        changes = plan_text(old_lines, wanted.lines, old_entries, wanted.entries).split("\n")
        files = _describe_files(folder, {**texts, **sounds}, {**self._texts(wanted.entries), **wanted.sounds})
        self.differs = [*files, *filter(None, changes), *self._ask_objects(client)]

    def compare_files(self, folder: NodeFolder) -> None:
        """Find out what differs in the files alone; changes nothing."""
        there = {**folder.texts(self.wanted.names), **self._sounds_there(folder)}
        self.differs = _describe_files(folder, there, {**self._texts(self.wanted.entries), **self.wanted.sounds})

    def _sounds_there(self, folder: NodeFolder) -> dict[str, str | None]:
        return {**dict.fromkeys(self.wanted.sounds), **(folder.sounds(self.wanted.slug) if self.wanted.slug else {})}

    def _ask_lines(self, client: AMIClient, dialplan: str) -> list[Line]:
        # A file that was edited by hand may name contexts that are not this tenant's.
        named = {context for context in _HEADER.findall(dialplan) if context.startswith(f"{self.wanted.slug}-")}
        contexts = {*named, *(line.context for line in self.wanted.lines)}
        return live.read_contexts(client, contexts)

    def _ask_objects(self, client: AMIClient) -> list[str]:
        self.objects = read_objects(self.wanted.pjsip)
        wrong = wrong_objects(client, self.objects, self.gone_objects)
        self.reload_pjsip = self.reload_pjsip or bool(wrong)
        if not self.wanted.slug:
            includes = wrong_includes(client, self.wanted.dialplan)
            self.reload_dialplan = self.reload_dialplan or bool(includes)
            wrong += includes
        return wrong

    def write(self, folder: NodeFolder) -> None:
        """Write the files. The manifest of AstDB keys names also those that are still to be deleted, until `finish`."""
        wanted = self.wanted
        if wanted.gone:
            folder.remove(wanted.names[:2])
            return
        there = self._sounds_there(folder)
        for name, digest in wanted.sounds.items():  # before a line plays it
            if there[name] != digest:
                folder.write_sound(name, wanted.read_sound(digest))
        owned = _owned(wanted.slug, folder.read(wanted.names[2]) or "")
        kept = {(entry.family, entry.key): entry for entry in (*owned, *wanted.entries)}
        folder.write(self._texts(kept.values()))

    def finish(self, folder: NodeFolder) -> None:
        """Once Asterisk has all of it: the manifest as it should be, and the digest that says so."""
        wanted = self.wanted
        folder.remove(name for name in self._sounds_there(folder) if name not in wanted.sounds)
        if wanted.gone:
            folder.remove(wanted.names)
            folder.remove_sounds_folder(wanted.slug)
        else:
            texts = self._texts(wanted.entries)
            folder.write(texts)
            self.digest = fingerprint({**texts, **wanted.sounds})

    def hand_over(self, client: AMIClient) -> None:
        """What calls left goes to the heir, and from here; calls have ended, or can write no more."""
        if self.wanted.gone:
            left = read_left(client, self.wanted.slug)
            if self.heir and (left.keys or left.states):
                hand_over(client, left, self.heir)
            forget_left(client, self.wanted.slug, left)

    def wrong(self, client: AMIClient) -> list[str]:
        """Read back what was changed; what is not as it should be."""
        found = live.wrong_lines(client, self.lines) + live.wrong_entries(client, self.entries)
        if self.reload_pjsip:
            found += wrong_objects(client, self.objects, self.gone_objects)
        if self.reload_dialplan and not self.wanted.slug:
            found += wrong_includes(client, self.wanted.dialplan)
        return found

    def _texts(self, entries: Iterable[Entry]) -> dict[str, str]:
        wanted = self.wanted
        return {} if wanted.gone else dict(zip(wanted.names, (wanted.dialplan, wanted.pjsip, entries_text(entries)), strict=True))


def _owned(slug: str, manifest: str) -> list[Entry]:
    """The AstDB keys that a manifest says are ours; of one that was damaged, those that can still be read and be ours."""
    found: dict[tuple[str, str], Entry] = {}
    for line in manifest.split("\n"):
        with suppress(UnsafeText):
            found |= {(entry.family, entry.key): entry for entry in parse_entries(line) if not slug or entry.family.startswith(f"{slug}/")}
    return list(found.values())


def _describe_files(folder: NodeFolder, there: Mapping[str, str | None], wanted: Mapping[str, str]) -> list[str]:
    says = {name: "is missing" if text is None else "is not what it should be" for name, text in there.items() if text != wanted.get(name)}
    return [f"{folder.path / name} {how if name in wanted else 'should be gone'}" for name, how in says.items()]


def wrong_includes(client: AMIClient, dialplan: str) -> list[str]:
    """The contexts of a node's own dialplan whose includes are not those of its text."""
    wanted = {block.split("]", 1)[0]: _INCLUDE.findall(block) for block in dialplan.split("\n[")[1:]}
    wanted = {context: includes for context, includes in wanted.items() if includes}
    there = live.read_includes(client, sorted(wanted))
    return [f"context {name} includes {there[name]}, not {includes}" for name, includes in wanted.items() if there[name] != includes]


def _must_reload(old: str, new: str) -> bool:
    before, after = set(old.split("\n")), set(new.split("\n"))
    return bool(before - after) or any(not line.startswith(_BY_AMI) for line in after - before)
