"""Recordings of the open tenant."""

from dialplan.build.sounds import KIND
from dialplan.refusal import Refused
from dialplan.sounds.models import Sound, keep
from dialplan.uses import named_by
from scopserv_site.sitefile.shape import SOUNDS
from scopserv_site.sitefile.work import TenantWork


def put_sounds(work: TenantWork) -> None:
    """Makes the recordings that the file names what it holds."""
    known = set(Sound.objects.values_list("name", flat=True)) if work.part.sounds else set()
    for part in work.part.sounds:
        try:
            changed = keep(part.name, part.content)
        except Refused as error:
            work.faults.add(part.path, str(error))
            continue
        if changed:
            (work.plan.change(part.path, "recording") if part.name in known else work.plan.add(part.path))
            work.touch(KIND)


def remove_sounds(work: TenantWork) -> None:
    """Deletes recordings that the file does not name; done when nothing that is to go names them any more."""
    for sound in Sound.objects.exclude(name__in=[part.name for part in work.part.sounds]):
        if users := named_by(KIND, sound.name):
            work.faults.add(work.path(SOUNDS, sound.name), f"is not in the file, and {', '.join(users)} needs it; name it there")
            continue
        sound.delete()
        work.plan.remove(work.path(SOUNDS, sound.name))
        work.touch(KIND)
