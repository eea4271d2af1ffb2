"""Keeps the list of who owns which incoming number in step with a tenant's incoming lines."""

from django.db import IntegrityError, transaction

from dialplan.changes import Change
from dialplan.models import IncomingLine
from dialplan.refusal import Refused
from dialplan.trunks.models import ClaimedNumber, Trunk
from tenants.schema import current_slug


def settle_claims(change: Change) -> None:
    """Claims what the open tenant's incoming lines use and frees the rest. Raises Refused when another tenant was faster."""
    slug = current_slug()
    trunks = dict(Trunk.objects.values_list("name", "id"))
    wanted = {(trunks[trunk], number) for trunk, number in IncomingLine.objects.values_list("trunk", "number") if trunk in trunks}
    held = set(ClaimedNumber.objects.filter(slug=slug).values_list("trunk_id", "number"))
    reached = {trunk for trunk, _ in held}
    for trunk, number in held - wanted:
        ClaimedNumber.objects.filter(trunk_id=trunk, number=number, slug=slug).delete()
    try:
        with transaction.atomic():
            ClaimedNumber.objects.bulk_create([ClaimedNumber(trunk_id=trunk, number=number, slug=slug) for trunk, number in wanted - held])
    except IntegrityError:
        raise Refused("An incoming number is in use already on that trunk; choose another one.") from None
    if reached != {trunk for trunk, _ in wanted}:
        change.touch_node_files()
