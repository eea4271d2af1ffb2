"""Brings many tenants on one node to what they should have, with one reload for all of them; none holds up another."""

import logging
from collections.abc import Callable, Sequence

from dialplan.deploy import live
from dialplan.deploy.ami import AMIClient, AMIError, AMITimeout, AMIUnreachable
from dialplan.deploy.folder import FolderError, NodeFolder
from dialplan.deploy.job import Job

RELOAD_FROM = 5000  # so many changed lines load faster from the files than over AMI
_SHOWN = 5

logger = logging.getLogger(__name__)


def bring(jobs: Sequence[Job], folder: NodeFolder, client: AMIClient) -> None:
    """Bring the node to these jobs; each ends with its new digest, or with what went wrong in `error`.

    Raises AMIUnreachable or AMITimeout when Asterisk was lost on the way: then the files are written, and the rest is to be done again.
    May be interrupted anywhere: until a job ends, its digest is not that of the files on disk.
    """
    folder.check()
    _each(jobs, lambda job: job.forget_another(client))
    _each(jobs, lambda job: job.inspect(folder, client))
    _each(jobs, lambda job: job.write(folder))
    _load_dialplan(jobs, client)
    _reload_pjsip(jobs, client)
    _each(jobs, lambda job: live.forget_registrations(client, [*job.gone_objects, *job.new_logins]))
    _each(jobs, lambda job: live.apply_entries(client, job.entries))
    _each(jobs, lambda job: job.hand_over(client))
    _each(jobs, lambda job: _read_back(job, client))
    _each(jobs, lambda job: job.finish(folder))


def write_files(jobs: Sequence[Job], folder: NodeFolder, *, final: bool) -> None:
    """Bring only the files there, so that an Asterisk that starts later begins with them; `final` when no Asterisk is ever asked."""
    folder.check()
    _each(jobs, lambda job: job.write(folder))
    if final:
        _each(jobs, lambda job: job.finish(folder))


def _load_dialplan(jobs: Sequence[Job], client: AMIClient) -> None:
    left = [job for job in jobs if not job.error]
    if sum(job.changes for job in left) > RELOAD_FROM or any(job.reload_dialplan for job in left):
        try:
            live.reload(client, live.DIALPLAN)
            return
        except (AMIUnreachable, AMITimeout):
            raise
        except AMIError as error:
            for job in left:
                if job.reload_dialplan:
                    job.error = str(error)
    _each(jobs, lambda job: live.apply_lines(client, job.lines))


def _reload_pjsip(jobs: Sequence[Job], client: AMIClient) -> None:
    due = [job for job in jobs if job.reload_pjsip and not job.error]
    if not due:
        return
    try:
        live.reload(client, live.PJSIP)
    except (AMIUnreachable, AMITimeout):
        raise
    except AMIError as error:
        for job in due:
            job.error = str(error)


def _read_back(job: Job, client: AMIClient) -> None:
    wrong = job.wrong(client)
    if wrong:
        more = f" (and {len(wrong) - _SHOWN} more)" if len(wrong) > _SHOWN else ""
        job.error = f"Asterisk did not take all of it: {'; '.join(wrong[:_SHOWN])}{more}. Its log says why"


def _each(jobs: Sequence[Job], step: Callable[[Job], None]) -> None:
    for job in jobs:
        if job.error:
            continue
        try:
            step(job)
        except (AMIUnreachable, AMITimeout):
            raise
        except (AMIError, FolderError) as error:
            job.error = str(error)
        except Exception as error:
            logger.exception("%s", job.wanted.slug or "the node's own files")
            job.error = f"{type(error).__name__}: {error}"
