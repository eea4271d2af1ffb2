"""Trunks that are accounts at one carrier: their calls come from one address, so that the number called has to tell them apart."""

from collections import defaultdict
from collections.abc import Iterable

from dialplan.build.sip_names import split_host
from dialplan.trunks.models import Trunk


def same_carrier(trunks: Iterable[Trunk]) -> dict[str, list[str]]:
    """For each trunk's name the names of all that are at its host, itself included."""
    at: defaultdict[str, list[str]] = defaultdict(list)
    hosts = {trunk.name: split_host(trunk.host)[0].casefold() for trunk in trunks}
    for name, host in hosts.items():
        at[host].append(name)
    return {name: at[host] for name, host in hosts.items()}
