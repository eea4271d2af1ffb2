"""Nodes, and what each should have against what it has; all of it in the public schema, so that no worker walks the tenants' ones."""

import re
from collections.abc import Iterable
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Now

from dialplan.build.pjsip import transport_sections
from dialplan.deploy.ami import AMIClient
from dialplan.fields import EncryptedCharField
from tenants.audit.tracking import Tracked
from tenants.fields import CheckedCharField

CHANNEL = "deploy"
NODES_CHANGED = "nodes"  # the notification's payload when a node came, went or changed; otherwise it is the node's id
OWN = ""  # the "slug" of a node's own files
PLACED = Q(removing=False, heir=None) & ~Q(slug=OWN)  # where a tenant should be, which it does not only wait to leave
DUE = Q(live=None) | ~Q(live=F("wanted")) | Q(removing=True)
WAITS = Q(removing=True, heir__isnull=False) & (Q(heir__live=None) | ~Q(heir__live=F("heir__wanted")))  # for its heir


def check_node_name(name: str) -> str:
    """Check a node's name."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,39}", name):
        raise ValueError(f"name: {name!r} cannot be a node's name; 1 to 40 of a-z, 0-9, '.' and '-', for example 'pbx1'")
    return name


def check_ami_text(text: str) -> str:
    """Check an AMI user or secret."""
    if not re.fullmatch(r"[!-~]{1,200}", text):
        raise ValueError("AMI users and secrets are 1 to 200 printable ASCII characters without blanks")
    return text


def check_folder(folder: str) -> str:
    """Check a node's directory."""
    if not re.fullmatch(r"/[^\x00-\x1f\x7f]*", folder):
        raise ValueError(f"folder: {folder!r} is not an absolute path")
    return folder


def check_sip_address(address: str) -> str:
    """Check the address on which a node's Asterisk takes SIP."""
    transport_sections(address)
    return address


class Node(Tracked):
    """One Asterisk server."""

    history_kind = "node"
    history_fields = ("name", "folder", "ami_host", "ami_port", "ami_user", "ami_secret", "sip_address", "files_only")

    name = CheckedCharField(check_node_name, max_length=40, unique=True, help_text="For example 'pbx1'.")
    folder = CheckedCharField(
        check_folder,
        max_length=500,
        help_text="The configuration directory of its Asterisk (asterisk.conf: astetcdir), as the worker sees it.",
    )
    ami_host = models.CharField("AMI host", max_length=255, default="127.0.0.1")
    ami_port = models.PositiveIntegerField("AMI port", default=5038, validators=[MinValueValidator(1), MaxValueValidator(65535)])
    ami_user = CheckedCharField(check_ami_text, verbose_name="AMI user", max_length=80)
    ami_secret = EncryptedCharField(check_ami_text, verbose_name="AMI secret", max_length=200)
    sip_address = CheckedCharField(
        check_sip_address,
        verbose_name="SIP address",
        max_length=80,
        blank=True,
        help_text="ADDRESS:PORT for SIP over UDP, such as 0.0.0.0:5060; empty when pjsip_local.conf says where Asterisk listens.",
    )
    files_only = models.BooleanField(
        default=False, help_text="Only write the files, and ask no Asterisk: for a folder that is brought to its server by other means."
    )
    asterisk_version = models.CharField(max_length=120, blank=True, editable=False)
    applications = models.JSONField(default=list, blank=True, editable=False)
    started = models.CharField(max_length=40, blank=True, editable=False)
    seen = models.DateTimeField(null=True, blank=True, editable=False)
    error = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def short_version(self) -> str:
        """The version without what a distribution's package appends."""
        return self.asterisk_version.partition("+")[0]

    @property
    def ami_address(self) -> str:
        return f"{self.ami_host}:{self.ami_port}"

    def client(self) -> AMIClient:
        """A client of its manager interface, not yet connected."""
        return AMIClient(self.ami_host, self.ami_port, self.ami_user, self.ami_secret)

    def save(self, *args: Any, **kwargs: Any) -> None:
        folder = Node.objects.filter(pk=self.pk).values_list("folder", flat=True).first()
        super().save(*args, **kwargs)
        own, created = Deployment.objects.get_or_create(node=self, slug=OWN)
        if not created:  # its SIP address is in its files
            Deployment.objects.filter(pk=own.pk).update(wanted=F("wanted") + 1, wanted_at=Now())
        if folder not in (None, self.folder):  # nothing of any tenant is in the new one
            Deployment.objects.filter(node=self).update(live=None, digest="", error="", wanted_at=Now())
        notify(NODES_CHANGED)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        deleted = super().delete(*args, **kwargs)
        notify(NODES_CHANGED)
        return deleted


class Deployment(models.Model):
    """One tenant on one node, or the node's own files (slug ""): the revision it should have, and the one that was read back there.

    The row is its own job: work is due while `live` is not `wanted`, or while the tenant is being removed.
    """

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="deployments")
    slug = models.CharField("tenant", max_length=16, blank=True, db_index=True)
    wanted = models.BigIntegerField(default=0)
    wanted_at = models.DateTimeField(db_default=Now())
    live = models.BigIntegerField(null=True, blank=True)
    live_at = models.DateTimeField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True, help_text="From the change until it was read back from Asterisk.")
    error = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True, help_text="Fingerprint of the files that Asterisk is known to have loaded.")
    removing = models.BooleanField(default=False)
    # Takes over what calls left here; the tenant leaves only when it is live there.
    heir = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    clear = models.BooleanField(default=False, editable=False)  # what calls of an earlier tenant of that name left is to go first

    class Meta:
        ordering = ["node", "slug"]
        constraints = [models.UniqueConstraint(fields=["node", "slug"], name="one_deployment_per_node_and_tenant")]

    def __str__(self) -> str:
        return f"{self.slug or 'own files'} on {self.node}"

    @classmethod
    def placed(cls, slugs: Iterable[str]) -> dict[str, list[str]]:
        """The names of the nodes on which each of these tenants should be."""
        found: dict[str, list[str]] = {slug: [] for slug in slugs}
        for node, slug in sorted(cls.objects.filter(PLACED, slug__in=found).values_list("node__name", "slug")):
            found[slug].append(node)
        return found

    @property
    def is_live(self) -> bool:
        return self.live == self.wanted and not self.removing


class ServerEntry(models.Model):
    """An AstDB key of a server-wide addon: every node has it."""

    family = models.CharField(max_length=255)
    key = models.CharField(max_length=255)
    value = models.CharField(max_length=4000, blank=True)
    origin = models.CharField(max_length=48)

    class Meta:
        ordering = ["family", "key"]
        constraints = [models.UniqueConstraint(fields=["family", "key"], name="one_server_entry_per_key")]
        verbose_name_plural = "server entries"

    def __str__(self) -> str:
        return f"{self.family}/{self.key}"


def notify(payload: str) -> None:
    """Wake the workers when this transaction commits; PostgreSQL itself sends equal notifications of a transaction once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
