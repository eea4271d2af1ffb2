"""One tenant on one node, or the node's own files: what is there, what differs from what should be, and the files in between."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from dialplan.build.diff import EntryDelta, LineDelta, diff_entries, diff_lines, plan_text
from dialplan.build.model import Entry, Line
from dialplan.build.text import UnsafeText, entries_text, parse_dialplan, parse_entries
from dialplan.deploy import live
from dialplan.deploy.ami import AMIClient
from dialplan.deploy.folder import NodeFolder, fingerprint, node_files, tenant_files, unfinished_file
from dialplan.deploy.left import Heir, forget_left, hand_over, read_left
from dialplan.deploy.objects import Object, read_objects, wrong_objects, wrong_transports
from dialplan.deploy.own_dialplan import must_reload, wrong_includes
from dialplan.deploy.unfinished import CONTEXT, Item, items_of, items_text, parse_items


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
    gone_contexts: list[str] = field(default_factory=list)
    new_logins: list[str] = field(default_factory=list)  # phones with another secret: who is in with the old one is to be out
    reload_dialplan: bool = False
    reload_pjsip: bool = False
    differs: list[str] = field(default_factory=list)  # for people: what was not as it should be
    error: str = ""

    @property
    def changes(self) -> int:
        return len(self.lines.removed) + len(self.lines.put)

    def forget_another(self, client: AMIClient) -> None:
        """Delete, once, what an earlier tenant of that name left, before anything of this one is there."""
        if self.clear:
            forget_left(client, self.wanted.slug, read_left(client, self.wanted.slug))
            self.clear = False

    def inspect(self, folder: NodeFolder, client: AMIClient) -> None:
        """Find out what differs; changes nothing."""
        wanted = self.wanted
        texts = folder.texts(wanted.names)
        dialplan, pjsip, manifest = (texts[name] or "" for name in wanted.names)
        sounds = self._sounds_there(folder)
        unfinished = self._unfinished(folder)
        trusted = self.digest != "" and self.digest == fingerprint({**texts, **sounds}) and not unfinished
        owned = _owned(wanted.slug, manifest)
        there = unfinished | items_of(wanted.slug, dialplan, pjsip)
        self.reload_pjsip = pjsip != wanted.pjsip or wanted.gone or any(item.kind != CONTEXT for item in unfinished)
        self._find_what_goes(there, known=not unfinished)
        old_lines: list[Line] = []
        if wanted.slug:
            contexts = {item.name for item in there if item.kind == CONTEXT}
            old_lines = (
                parse_dialplan(dialplan) if trusted else live.read_contexts(client, contexts | {line.context for line in wanted.lines})
            )
            self.lines = diff_lines(old_lines, wanted.lines)
            self.reload_dialplan = wanted.gone or not all(map(live.fits, self.lines.put))
        else:
            self.reload_dialplan = must_reload(dialplan, wanted.dialplan) or any(item.kind == CONTEXT for item in unfinished)
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

    def _find_what_goes(self, there: frozenset[Item], *, known: bool) -> None:
        """Which objects are to be read back, all of them unless it is known what Asterisk has, and what is to be there no more."""
        new = items_of(self.wanted.slug, self.wanted.dialplan, self.wanted.pjsip)
        contexts = {item.name for item in new if item.kind == CONTEXT}
        objects = {item.name for item in new if item.kind != CONTEXT}
        fresh = {(item.kind, item.name) for item in (new - there if known else new)}
        lost = there - new
        self.objects = [one for one in read_objects(self.wanted.pjsip) if (one.kind, one.name) in fresh] if self.reload_pjsip else []
        self.gone_contexts = sorted({item.name for item in lost if item.kind == CONTEXT} - contexts)
        self.gone_objects = sorted({item.name for item in lost if item.kind != CONTEXT} - objects)
        self.new_logins = sorted({item.name for item in lost if item.kind == "auth"} & objects)

    def _unfinished(self, folder: NodeFolder) -> frozenset[Item]:
        return parse_items(folder.read(unfinished_file(self.wanted.slug)) or "")

    def _ask_objects(self, client: AMIClient) -> list[str]:
        self.objects = read_objects(self.wanted.pjsip)
        wrong = wrong_objects(client, self.objects, self.gone_objects)
        self.reload_pjsip = self.reload_pjsip or bool(wrong)
        if not self.wanted.slug:
            includes = wrong_includes(client, self.wanted.dialplan, self.gone_contexts)
            self.reload_dialplan = self.reload_dialplan or bool(includes)
            wrong += includes + wrong_transports(client, self.objects)
        return wrong

    def write(self, folder: NodeFolder) -> None:
        """Write the files. Until `finish`, the manifest of AstDB keys names also those that are still to be deleted."""
        wanted = self.wanted
        self._note_what_goes(folder)
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
        folder.remove([unfinished_file(wanted.slug)])
        folder.remove(name for name in self._sounds_there(folder) if name not in wanted.sounds)
        if wanted.gone:
            folder.remove(wanted.names)
            folder.remove_sounds_folder(wanted.slug)
        else:
            texts = self._texts(wanted.entries)
            folder.write(texts)
            self.digest = fingerprint({**texts, **wanted.sounds})

    def _note_what_goes(self, folder: NodeFolder) -> None:
        slug, before = self.wanted.slug, self._unfinished(folder)
        dialplan, pjsip, _ = self.wanted.names
        there = items_of(slug, folder.read(dialplan) or "", folder.read(pjsip) or "")
        if new := there - items_of(slug, self.wanted.dialplan, self.wanted.pjsip) - before:
            folder.write({unfinished_file(slug): items_text(before | new)})

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
        if not self.wanted.slug:
            found += wrong_transports(client, read_objects(self.wanted.pjsip))
            if self.reload_dialplan:
                found += wrong_includes(client, self.wanted.dialplan, self.gone_contexts)
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
