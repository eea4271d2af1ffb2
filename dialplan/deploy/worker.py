"""The worker: one thread for each node, woken when somebody saves, or when the node's Asterisk goes."""

import logging
import select
import socket
import threading
import time
from collections.abc import Collection
from contextlib import suppress

import psycopg
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.db.models import QuerySet

from dialplan.deploy.deployer import NodeDeployer, NodeGone
from dialplan.deploy.models import CHANNEL, NODES_CHANGED, Node
from tenants.life.archives import forget_expired

LISTEN_SECONDS = 15.0
RETRY_SECONDS = 2.0
STOP_SECONDS = 10.0

logger = logging.getLogger(__name__)


class NodeThread(threading.Thread):
    """Works for one node until it is stopped or the node is gone."""

    def __init__(self, node: Node) -> None:
        super().__init__(name=f"node {node.name}", daemon=True)
        self.node_id = node.pk
        self._deployer = NodeDeployer(node.pk)
        self._stopping = False
        self._wake, self._waker = socket.socketpair()
        self._wake.setblocking(False)
        self._waker.setblocking(False)

    def wake(self) -> None:
        """Have it look for work."""
        with suppress(OSError):  # it is awake already, or has ended
            self._waker.send(b"!")

    def stop(self) -> None:
        """Have it end when its current round is done."""
        self._stopping = True
        self.wake()

    def run(self) -> None:
        try:
            while not self._stopping:
                wait = self._round()
                if wait is None:
                    break
                if wait > 0:
                    self._sleep(wait)
        finally:
            self._deployer.close()
            connection.close()
            self._wake.close()
            self._waker.close()

    def _round(self) -> float | None:
        try:
            close_old_connections()
            return self._deployer.round()
        except NodeGone:
            logger.info("%s is no longer there", self.name)
            return None
        except (DatabaseError, InterfaceError) as error:
            logger.warning("%s: the database failed, trying again: %s", self.name, error)
            connection.close()
        except Exception:
            logger.exception("%s: trying again", self.name)
        return RETRY_SECONDS

    def _sleep(self, seconds: float) -> None:
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        client = self._deployer.client
        asterisk = client.fileno() if client is not None and client.connected else None
        if asterisk is not None:
            poll.register(asterisk, select.POLLIN)
        for number, _ in poll.poll(seconds * 1000):
            if number == self._wake.fileno():
                self._wake.recv(4096)
            else:
                self._deployer.listen()


class Worker:
    """Keeps a thread for each node, and passes on what the database announces."""

    def __init__(self, names: Collection[str] = ()) -> None:
        self._names = frozenset(names)
        self._threads: dict[int, NodeThread] = {}
        self._stopping = threading.Event()

    def run(self) -> None:
        """Work until `stop` is called, or an exception such as KeyboardInterrupt comes."""
        try:
            while not self._stopping.is_set():
                try:
                    self._listen()
                except (DatabaseError, InterfaceError, psycopg.Error) as error:
                    logger.warning("The database failed, trying again: %s", error)
                    connection.close()
                    self._stopping.wait(RETRY_SECONDS)
        finally:
            self._end()

    def stop(self) -> None:
        """End `run` within a second."""
        self._stopping.set()

    def _listen(self) -> None:
        connection.ensure_connection()
        wrapper = connection.copy()
        wrapper.connect()
        try:
            listening: psycopg.Connection = wrapper.connection
            listening.execute(f"LISTEN {CHANNEL}")
            self._match_threads()
            for thread in self._threads.values():  # for what was announced while nobody listened
                thread.wake()
            matched_at = time.monotonic()
            while not self._stopping.is_set():
                for notice in listening.notifies(timeout=1.0, stop_after=1):
                    if notice.payload == NODES_CHANGED:
                        self._match_threads()
                    elif woken := self._threads.get(int(notice.payload)):
                        woken.wake()
                if time.monotonic() - matched_at > LISTEN_SECONDS:
                    self._match_threads()
                    forget_expired()
                    matched_at = time.monotonic()
        finally:
            wrapper.close()

    def _match_threads(self) -> None:
        """Have a thread for each node, and none for others."""
        close_old_connections()
        wanted = {node.pk: node for node in self._nodes()}
        for node_id, thread in list(self._threads.items()):
            if node_id not in wanted:
                thread.stop()
                del self._threads[node_id]
            elif thread.is_alive():
                thread.wake()  # its address may have changed
            else:
                del self._threads[node_id]
        for node_id in wanted.keys() - self._threads.keys():
            self._threads[node_id] = NodeThread(wanted[node_id])
            self._threads[node_id].start()

    def _nodes(self) -> QuerySet[Node]:
        return Node.objects.filter(name__in=self._names) if self._names else Node.objects.all()

    def _end(self) -> None:
        for thread in self._threads.values():
            thread.stop()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in self._threads.values():
            thread.join(max(0.0, deadline - time.monotonic()))
        connection.close()
