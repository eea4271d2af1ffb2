"""A tenant's recordings."""

import hashlib
from typing import Any, ClassVar

from django.db import models

from dialplan.build.sounds import KIND, check_sound_name, sounds_folder
from dialplan.refusal import Refused
from dialplan.sounds.content import Content
from tenants.audit.tracking import Tracked, TrackedQuerySet
from tenants.schema import TenantRow

MOST, MOST_BYTES = 200, 20 << 20  # of one tenant


class SoundManager(models.Manager.from_queryset(TrackedQuerySet)):  # type: ignore[misc]
    """Leaves the bytes where they are until somebody asks for them."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().defer("data")


class Sound(TenantRow, Tracked):
    """One recording; addons and records name it as sound:NAME."""

    history_kind = KIND
    history_fields = ("name", "seconds", "size", "digest")

    name = models.CharField(max_length=40, unique=True)
    ending = models.CharField("format", max_length=4, editable=False)
    seconds = models.FloatField(editable=False)
    size = models.PositiveIntegerField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    data = models.BinaryField()
    created = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = SoundManager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def value(self) -> str:
        """How a param names it."""
        return f"{KIND}:{self.name}"

    def fill(self, content: Content) -> bool:
        """Takes a recording in, unsaved; whether it is another one than before."""
        digest = hashlib.sha256(content.data).hexdigest()
        changed = digest != self.digest
        self.ending, self.seconds, self.size, self.digest, self.data = (
            content.ending,
            content.seconds,
            len(content.data),
            digest,
            content.data,
        )
        return changed

    def file_name(self, slug: str) -> str:
        """Where it is on a node."""
        return f"{sounds_folder(slug)}/{self.name}.{self.ending}"


def keep(name: str, content: Content) -> bool:
    """Makes the open tenant's recording of that name this one; whether that changed anything. Raises Refused when there is no room."""
    check_sound_name(name)
    sound = Sound.objects.filter(name=name).first() or Sound(name=name)
    check_room(sound, len(content.data))
    if sound.fill(content):
        sound.save()
        return True
    return False


def check_room(sound: Sound, size: int) -> None:
    """Raises Refused when the open tenant's recordings would be too many or too large with this one."""
    others = Sound.objects.exclude(pk=sound.pk).aggregate(count=models.Count("pk"), size=models.Sum("size"))
    if others["count"] >= MOST:
        raise Refused(f"There are {MOST} sounds, and no more can be; delete one that nobody uses.")
    if (others["size"] or 0) + size > MOST_BYTES:
        raise Refused(f"All sounds together can have {MOST_BYTES >> 20} MB; delete one that nobody uses.")
