"""What calls leave on a node beside what the console wrote: AstDB keys below a tenant's name, and the states of its lamps.

It belongs to the tenant: it goes along to another node or name, and with the tenant when that goes.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dialplan.deploy.ami import Action, AMIClient, AMIRefused, action
from dialplan.deploy.ami_messages import AMIError, AMIValueError, encode
from dialplan.deploy.live import require_permission

_STATES = "CustomDevstate"  # Asterisk's own family; its keys are names of devices, and those of a tenant begin with its slug

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Left:
    """By what follows the tenant's name: the values of AstDB keys, and the states of devices."""

    keys: dict[str, str]
    states: dict[str, str]


@dataclass(frozen=True, slots=True)
class Heir:
    """Who takes it over: a tenant's name, and how to reach its node (None for the very node)."""

    slug: str
    client: Callable[[], AMIClient] | None


def read_left(client: AMIClient, slug: str) -> Left:
    """All that there is below a tenant's name; of look-alike names, which AstDB's search finds too, nothing."""
    return Left(_tree(client, slug, f"/{slug}/"), _tree(client, _STATES, f"/{_STATES}/{slug}_"))


def forget_left(client: AMIClient, slug: str, left: Left) -> None:
    """Deletes it, key by key."""
    deletes = [action("DBDel", Family=slug, Key=key) for key in left.keys]
    deletes += [action("DBDel", Family=_STATES, Key=f"{slug}_{name}") for name in left.states]
    require_permission(client, client.send_all(_sendable(deletes)))


def hand_over(client: AMIClient, left: Left, heir: Heir) -> None:
    """Gives it to the heir, who keeps what it has itself already. Raises AMIError."""
    if heir.client is None:
        _take(client, left, heir.slug)
        return
    other = heir.client()
    try:
        other.connect()
        _take(other, left, heir.slug)
    except AMIError as error:
        # Of a kind that is not taken for the loss of this node.
        raise AMIRefused(f"What calls wrote here, such as forwards, cannot be brought to where the tenant is now: {error}") from error
    finally:
        other.close()


def _take(client: AMIClient, left: Left, slug: str) -> None:
    there = read_left(client, slug)
    puts = [action("DBPut", Family=slug, Key=key, Val=value) for key, value in left.keys.items() if key not in there.keys]
    # The command tells who watches the device, which a key alone would not.
    states = [
        action("Command", Command=f"devstate change Custom:{slug}_{name} {state}")
        for name, state in left.states.items()
        if name not in there.states and " " not in name
    ]
    answers = client.send_all(_sendable([*puts, *states]))
    require_permission(client, answers)
    missing = left.keys.keys() - read_left(client, slug).keys.keys()
    for key in missing:
        logger.warning("AstDB %s/%s was not brought along", slug, key)


def _tree(client: AMIClient, family: str, prefix: str) -> dict[str, str]:
    listed = client.send("DBGetTree", Family=family)
    require_permission(client, [listed])
    return {event.get("Key").removeprefix(prefix): event.get("Val") for event in listed.events if event.get("Key").startswith(prefix)}


def _sendable(actions: Iterable[Action]) -> list[Action]:
    """Without those that no line of AMI can carry."""
    found = []
    for each in actions:
        try:
            encode(each, "")
        except AMIValueError as error:
            logger.warning("%s", error)
        else:
            found.append(each)
    return found
