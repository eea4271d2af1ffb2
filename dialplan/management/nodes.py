"""What the commands about nodes share."""

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from dialplan.deploy.models import Node


def find_node(name: str) -> Node:
    """The node with this name. Raises CommandError."""
    node = Node.objects.filter(name=name).first()
    if node is None:
        known = ", ".join(Node.objects.values_list("name", flat=True))
        raise CommandError(
            f"There is no node {name!r}; " + (f"those that exist: {known}." if known else "add it with 'manage.py add_node'.")
        )
    return node


def read_address(option: str, text: str) -> tuple[str, int]:
    """HOST:PORT as its two parts. Raises CommandError, naming the option."""
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise CommandError(f"{option}: {text!r} is not HOST:PORT, such as 127.0.0.1:5038.")
    return host.strip("[]"), int(port)


def check(node: Node) -> None:
    """Check all fields of a node. Raises CommandError, naming them."""
    try:
        node.full_clean()
    except ValidationError as error:
        raise CommandError("; ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())) from None
