"""What a test finds in the console when it begins."""

from dialplan.changes import changing
from dialplan.deploy.models import Node
from dialplan.deploy.wanted import place
from dialplan.models import Phone, Revision
from tenants.schema import open_tenant

NAMES = {"101": "Alice Lee", "102": "Bob Martin", "103": "Carla Diaz", "104": "Dmitri Ivanov"}


def phones(slug: str, *numbers: str) -> None:
    """Gives a tenant these phones."""
    with open_tenant(slug), changing(actor="alice") as change:
        for number in numbers:
            Phone.objects.create(number=number, name=NAMES[number])
        change.touch("phone", f"phones {', '.join(numbers)} added")


def put_on(node: Node, slug: str) -> None:
    """Places a tenant on a node."""
    with open_tenant(slug):
        newest = Revision.objects.values_list("number", flat=True).first() or 0
    place(slug, node, newest)
