"""What a tenant's schema holds: its sections, its dialplan lines, its AstDB keys, and the history of its revisions."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.crypto import get_random_string

from dialplan.build import names, sip_names
from dialplan.build.model import HINT
from dialplan.fields import EncryptedCharField, SealedJSONField
from tenants.audit.tracking import Tracked
from tenants.fields import CheckedCharField
from tenants.schema import TenantRow

STAFF = "staff"


def new_secret() -> str:
    return get_random_string(20)


class Context(Tracked, TenantRow):
    """A part of the tenant's dialplan: what a phone or a line in it can reach."""

    history_kind = "context"
    history_fields = ("name", "description")

    name = CheckedCharField(
        names.check_context, max_length=40, unique=True, help_text="Lower-case letters, digits and '-', for example 'lobby'."
    )
    description = CheckedCharField(names.check_description, max_length=200, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if names.is_reserved_context(self.name):
            raise ValidationError({"name": f"The context {self.name!r} is written by the console itself; choose another name."})


class Layered(Tracked, TenantRow):
    """A line or key of one layer; what a later layer replaced stays, and says by whom."""

    origin = models.CharField(max_length=48, default=STAFF, editable=False, db_index=True)
    replaced_by = models.CharField(max_length=48, blank=True, editable=False)
    source = models.CharField(max_length=255, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_staff(self) -> bool:
        return self.origin == STAFF

    @property
    def is_tracked(self) -> bool:
        return self.is_staff


class Extension(Layered):
    """One dialplan line: what Asterisk does at one priority of an extension."""

    PLACE = ("context", "exten", "priority")
    history_kind = "extension"
    history_fields = ("context", "exten", "priority", "application", "data")

    context = CheckedCharField(names.check_context, max_length=40, default="internal")
    exten = CheckedCharField(
        names.check_exten, "extension", max_length=79, help_text="A number, a letter such as s or i, or a pattern such as _2XX."
    )
    priority = models.PositiveIntegerField(
        default=1, validators=[MaxValueValidator(100_000)], help_text="The order of the lines of an extension, from 1; 0 is a hint."
    )
    application = CheckedCharField(
        names.check_application, max_length=80, blank=True, help_text="What to do, for example Playback. Empty in a hint."
    )
    data = CheckedCharField(
        names.check_data,
        max_length=8000,
        blank=True,
        help_text="Its arguments, for example hello-world. {tenant} stands for this tenant's short name.",
    )

    class Meta:
        ordering = ["context", "exten", "priority", "id"]
        constraints = [models.UniqueConstraint(fields=["context", "exten", "priority", "origin"], name="one_line_per_origin")]
        indexes = [models.Index(fields=["origin", "source"], name="lines_of_a_record")]
        verbose_name = "extension"

    def __str__(self) -> str:
        priority = "hint" if self.priority == HINT else self.priority
        return f"{self.exten},{priority} in {self.context}"

    def clean(self) -> None:
        if self.priority == HINT and (self.application or not self.data):
            raise ValidationError("A hint (priority 0) has no application, and its data names the device, for example PJSIP/{tenant}_101.")
        if self.priority != HINT and not self.application:
            raise ValidationError({"application": "Name the application that this line runs, for example Answer."})


class AstDBEntry(Layered):
    """One value of Asterisk's own database, which dialplan reads as ${DB(family/key)}."""

    PLACE = ("family", "key")
    history_kind = "astdb"
    history_fields = ("family", "key", "value")

    family = CheckedCharField(
        names.check_family, max_length=80, help_text="Stored under this tenant's name: family cid becomes SLUG/cid on Asterisk."
    )
    key = CheckedCharField(names.check_key, max_length=150)
    value = CheckedCharField(names.check_value, max_length=1000, blank=True)

    class Meta:
        ordering = ["family", "key", "id"]
        constraints = [models.UniqueConstraint(fields=["family", "key", "origin"], name="one_key_per_origin")]
        indexes = [models.Index(fields=["origin", "source"], name="keys_of_a_record")]
        verbose_name = "AstDB entry"
        verbose_name_plural = "AstDB entries"

    def __str__(self) -> str:
        return f"{self.family}/{self.key}"


class Phone(Tracked, TenantRow):
    """A SIP phone: its number, its login at Asterisk, and what it may dial."""

    history_kind = "phone"
    history_fields = ("number", "name", "secret", "context", "auto_answer", "ring_seconds", "extra")

    class AutoAnswer(models.TextChoices):
        NONE = "none", "Cannot answer by itself"
        CALL_INFO = "call-info", "Call-Info (Grandstream, Yealink, Snom, Gigaset, Mitel)"
        ALERT_INFO = "alert-info", "Alert-Info: info=alert-autoanswer (Polycom, Aastra, Digium)"
        RING_ANSWER = "ring-answer", "Alert-Info: Ring Answer (Polycom)"

    number = CheckedCharField(names.check_number, max_length=10, unique=True, help_text="2 to 10 digits; what colleagues dial.")
    name = CheckedCharField(sip_names.check_display_name, max_length=80, blank=True, help_text="Shown on the display of whoever is called.")
    secret = EncryptedCharField(
        sip_names.check_secret, max_length=120, default=new_secret, help_text="The password with which the phone registers."
    )
    context = CheckedCharField(names.check_context, max_length=40, default="internal", help_text="What the phone may dial.")
    auto_answer = models.CharField(
        "auto answer",
        max_length=20,
        choices=AutoAnswer,
        default=AutoAnswer.CALL_INFO,
        help_text="The header that makes this model answer by itself when it is paged.",
    )
    ring_seconds = models.PositiveSmallIntegerField(
        "seconds to ring", default=30, validators=[MinValueValidator(5), MaxValueValidator(600)]
    )
    extra = SealedJSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()


class IncomingLine(Tracked, TenantRow):
    """A number that the public dials (DID), and where its calls go."""

    history_kind = "line_in"
    history_fields = ("number", "name", "trunk", "destination", "extra")

    number = CheckedCharField(
        names.check_did, max_length=21, help_text="The number as the carrier sends it, digits only, for example 5145550100."
    )
    name = CheckedCharField(sip_names.check_display_name, max_length=80, blank=True)
    trunk = models.CharField(max_length=30, help_text="The trunk on which its calls arrive.")
    destination = models.CharField(
        max_length=300, help_text="The number of a phone, the name of a context, or another place to go, such as ringgroup:600."
    )
    extra = SealedJSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ["number", "trunk"]
        constraints = [models.UniqueConstraint(fields=["number", "trunk"], name="one_line_per_number_and_trunk")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()


def outgoing_pattern(pattern: str) -> str:
    """A pattern in the one way of writing it, without the '_' that only dialplan needs."""
    return names.check_pattern(pattern).removeprefix("_")


class OutgoingLine(Tracked, TenantRow):
    """Which dialled numbers go out, on which trunk, and how they are rewritten."""

    history_kind = "line_out"
    history_fields = ("name", "pattern", "trunk", "strip", "prepend", "caller_id", "extra")

    name = CheckedCharField(sip_names.check_line_name, max_length=40, unique=True, help_text="A short name, for example 'local'.")
    pattern = CheckedCharField(
        outgoing_pattern,
        max_length=40,
        help_text="What is dialled: digits, N (2-9), X (0-9), Z (1-9), [..], and '.' for any rest. Example: 9NXXXXXXXXX.",
    )
    trunk = models.CharField(max_length=30, help_text="The trunk that carries the call.")
    strip = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(20)], help_text="How many leading digits to take off before the call goes out."
    )
    prepend = CheckedCharField(sip_names.check_prepend, max_length=20, blank=True, help_text="Digits to put in front after that.")
    caller_id = CheckedCharField(
        sip_names.check_caller_id,
        "caller ID",
        max_length=21,
        blank=True,
        help_text="The number that the called person sees; empty keeps the phone's own.",
    )
    extra = SealedJSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Revision(TenantRow):
    """A state that the tenant's dialplan, keys and phones had; only a real change makes a new one."""

    number = models.PositiveIntegerField(unique=True)
    created = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=150, blank=True)
    summary = models.CharField(max_length=200, blank=True)
    added = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Revision {self.number}"


SECTIONS: dict[str, Any] = {"phone": Phone, "line_in": IncomingLine, "line_out": OutgoingLine}
