"""What a site file may hold: its sections and their fields, and the values that a checked file becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dialplan.deploy.models import Node
from dialplan.models import IncomingLine, OutgoingLine, Phone
from dialplan.sounds.content import Content
from dialplan.trunks.models import Trunk
from scopserv_site.sitefile.faults import Path
from tenants.models import User

Kind = Literal["text", "whole", "tick", "limit"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: its name in the file, and the model's where that is another one."""

    name: str
    kind: Kind = "text"
    secret: bool = False
    model_name: str = ""

    @property
    def attribute(self) -> str:
        return self.model_name or self.name


@dataclass(frozen=True, slots=True)
class Section:
    """A kind of record: its name in the file, its model, and which field of that is the key."""

    name: str
    model: Any
    key: str
    fields: tuple[Field, ...]
    kind: str = ""  # as addons know it, where they may add to it

    @property
    def attributes(self) -> list[str]:
        """All columns that a file sets."""
        return [each.attribute for each in self.fields] + (["extra"] if self.kind else [])

    def file_name(self, attribute: str) -> str:
        """What a column is called in the file."""
        return next((each.name for each in self.fields if each.attribute == attribute), attribute)


PHONES = Section(
    "phones",
    Phone,
    "number",
    (Field("name"), Field("secret", secret=True), Field("context"), Field("auto_answer"), Field("ring_seconds", "whole")),
    kind="phone",
)
LINES_IN = Section("lines_in", IncomingLine, "number", (Field("name"), Field("trunk"), Field("destination")), kind="line_in")
LINES_OUT = Section(
    "lines_out",
    OutgoingLine,
    "name",
    (Field("pattern"), Field("trunk"), Field("strip", "whole"), Field("prepend"), Field("caller_id")),
    kind="line_out",
)
SECTIONS = (PHONES, LINES_IN, LINES_OUT)

NODES = Section(
    "nodes",
    Node,
    "name",
    (
        Field("dir", model_name="folder"),
        Field("ami"),  # host and port in one
        Field("ami_user"),
        Field("ami_secret", secret=True),
        Field("sip_address"),
        Field("files_only", "tick"),
    ),
)
TRUNKS = Section(
    "trunks",
    Trunk,
    "name",
    (Field("technology"), Field("host"), Field("user"), Field("secret", secret=True), Field("register", "tick")),
)
STAFF = Section("staff", User, "username", (Field("role"), Field("name"), Field("email"), Field("password", secret=True)))

SETTINGS = (  # of a tenant
    Field("template", "tick", model_name="is_template"),
    Field("suspended", "tick"),
    Field("second_factor_required", "tick"),
    Field("phone_limit", "limit"),
    Field("call_limit", "limit"),
)

FILE_KEYS = ("nodes", "trunks", "tenants", "addons_off", "addons")
LIFE_KEYS = (*(each.name for each in SETTINGS), "addons_allowed", "addons_off", "trunks", "roles")
SOUNDS = "sounds"
TENANT_KEYS = (
    *("name", "node", "domains", *LIFE_KEYS, "staff", SOUNDS, *(section.name for section in SECTIONS)),
    *("contexts", "astdb", "addons"),
)
ALL = "all"


@dataclass(frozen=True, slots=True)
class Part:
    """One record as the file gives it: only what is named there."""

    path: Path
    key: str
    name: str  # the key without what tells an incoming line from others of its number, as in 5145550100@carrier
    values: Mapping[str, Any]
    extra: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by addon
    tenants: tuple[str, ...] | Literal["all"] | None = None  # whom a trunk is lent to


@dataclass(frozen=True, slots=True)
class Command:
    """One line of an extension."""

    path: Path
    priority: int
    application: str
    data: str


@dataclass(frozen=True, slots=True)
class ExtensionPart:
    """All lines of an extension that are staff's own."""

    path: Path
    exten: str
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class ContextPart:
    """A context and the extensions in it that the file names."""

    path: Path
    name: str
    description: str | None
    extensions: tuple[ExtensionPart, ...]


@dataclass(frozen=True, slots=True)
class EntryPart:
    """One AstDB key."""

    path: Path
    family: str
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class SoundPart:
    """One recording."""

    path: Path
    name: str
    content: Content


@dataclass(frozen=True, slots=True)
class RecordPart:
    """One record of an addon; a settings record has the key ""."""

    path: Path
    key: str
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TenantPart:
    """What the file says of one tenant; None, or an absent name, leaves that alone."""

    path: Path
    slug: str
    name: str | None = None
    nodes: tuple[str, ...] | None = None
    domains: tuple[str, ...] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)  # by the model's fields
    addons_off: tuple[str, ...] | None = None
    trunks: tuple[str, ...] | None = None  # those that are lent to it among others
    roles: Mapping[str, tuple[str, ...]] | None = None
    staff: tuple[Part, ...] | None = None
    sections: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    contexts: tuple[ContextPart, ...] = ()
    entries: tuple[EntryPart, ...] = ()
    sounds: tuple[SoundPart, ...] = ()
    addons: Mapping[str, tuple[RecordPart, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A whole file, its form checked."""

    nodes: tuple[Part, ...] = ()
    trunks: tuple[Part, ...] = ()
    tenants: tuple[TenantPart, ...] = ()
    addons_off: tuple[str, ...] | None = None
    addons: Mapping[str, tuple[RecordPart, ...]] = field(default_factory=dict)
