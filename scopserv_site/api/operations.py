"""The operations on one kind of record, with the permissions of its page on the console."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from ninja.errors import HttpError

from dialplan.changes import Change, changing
from dialplan.uses import named_by
from scopserv_site.api.answers import standing
from scopserv_site.records.resource import Key, Resource, Values
from scopserv_site.records.writing import BadRecords, RecordFault, keep_others_out, put, remove
from tenants.schema import current_slug
from tenants.texts import check_text, is_clean


class Operations:
    """What a program can do with one kind of record at the open console."""

    def __init__(self, site: AdminSite, resource: Resource) -> None:
        self.site = site
        self.resource = resource
        self.model = resource.model

    @property
    def admin(self) -> Any:
        return self.site.get_model_admin(self.model)

    def page(self, request: HttpRequest, search: str, order: str, limit: int, offset: int) -> dict[str, Any]:
        """A page of records."""
        self._may(request, "view")
        rows = self.resource.rows()
        if search:
            if not is_clean(search):
                raise HttpError(422, "search: holds invisible characters; take them out")
            rows, doubled = self.admin.get_search_results(request, rows, search)
            rows = rows.distinct() if doubled else rows
        rows = self.resource.search(rows)
        if order:
            rows = rows.order_by(*self._order(order))
        shown = self.resource.show(list(rows[offset : offset + limit]))
        return {"count": rows.count(), "items": shown, **standing()}

    def get(self, request: HttpRequest, key: Key) -> dict[str, Any]:
        """One record."""
        self._may(request, "view")
        return self._answer(key)

    def create(self, request: HttpRequest, values: Values) -> dict[str, Any]:
        """A new record."""
        self._may(request, "add")
        given = {name: values.get(name) for name in self.resource.names}
        wrong = [name for name, value in given.items() if not isinstance(value, str) or not value]
        if wrong:
            reason = "is required, and must be text"
            raise BadRecords(RecordFault((), (name,), reason) for name in wrong)
        key = self._checked(tuple(str(value) for value in given.values()), (), self.resource.names)
        with changing(actor=request.user.get_username()):
            keep_others_out()
            if self.resource.find(key).exists():
                raise HttpError(409, f"There is a {self.resource.record} {' '.join(key)} already.")
            self._put(request, key, values, "added")
        return self._answer(key)

    def change(self, request: HttpRequest, key: Key, values: Values) -> dict[str, Any]:
        """What is given, laid over a record."""
        self._may(request, "change")
        with changing(actor=request.user.get_username()) as change:
            keep_others_out()
            row = self._found(key)
            changed = [name for name, value in zip(self.resource.names, key, strict=True) if values.get(name, value) != value]
            if changed:
                key = self._renamed(change, row, key, changed, values)
            self._put(request, key, values, "changed")
        return self._answer(key)

    def _checked(self, key: Key, of: Key, given: Sequence[str]) -> Key:
        """The key as it is stored; `given` are those of its fields that may be at fault. Raises BadRecords."""
        for name, value in zip(self.resource.names, key, strict=True):
            try:
                check_text(name, value)
            except ValueError as error:
                raise BadRecords([RecordFault(of, (name,), str(error))]) from None
        try:
            return self.resource.normal(key)
        except ValueError as error:
            raise BadRecords([RecordFault(of, (given[-1],), str(error))]) from None

    def _renamed(self, change: Change, row: Any, key: Key, changed: list[str], values: Values) -> Key:
        """The name that the record has now. Raises HttpError and BadRecords when it cannot have it."""
        kind = self.resource.renamed_as
        wrong = [RecordFault(key, (name,), "must be text") for name in changed if not isinstance(values[name], str)]
        if not kind:
            wrong = [RecordFault(key, (name,), "names the record, and cannot be changed; make a new one") for name in changed]
        if wrong:
            raise BadRecords(wrong)
        old, new = key, tuple(str(values.get(name, value)) for name, value in zip(self.resource.names, key, strict=True))
        new = self._checked(new, key, changed)
        if self.resource.find(new).exists():
            raise HttpError(409, f"There is a {self.resource.record} {' '.join(new)} already.")
        if users := named_by(kind, old[0]) if current_slug() else []:
            raise HttpError(409, f"It is still named by {', '.join(users)}; change that first.")
        faults = [RecordFault(key, path, message) for path, message in self.resource.rename(row, new)]
        if faults:
            raise BadRecords(faults)
        change.own |= self.admin.own_addons()
        self.admin.touch(change, f"{self.resource.record} {' '.join(old)} renamed to {' '.join(new)}")
        return new

    def delete(self, request: HttpRequest, key: Key) -> dict[str, Any]:
        """Takes a record away."""
        self._may(request, "delete")
        with changing(actor=request.user.get_username()):
            keep_others_out()
            self._found(key)
            rows = self.resource.stored(key)
            if not all(self.admin.has_delete_permission(request, row) for row in rows):
                raise HttpError(409, f"This {self.resource.record} cannot be deleted.")
            remove(self.admin, request, rows)
        return standing()

    def settings(self, request: HttpRequest) -> dict[str, Any]:
        """The settings, or what counts while nobody has saved any."""
        self._may(request, "view")
        shown = self.resource.show(list(self.resource.rows()[:1]))
        return {"record": shown[0] if shown else self.resource.complete({}), **standing()}

    def put_settings(self, request: HttpRequest, values: Values) -> dict[str, Any]:
        """All settings; what is left out gets its default, but for secrets, which stay."""
        self._may(request, "change")
        with changing(actor=request.user.get_username()):
            keep_others_out()
            self._put(request, (), self.resource.complete(values), "changed")
        return self.settings(request)

    def _put(self, request: HttpRequest, key: Key, values: Values, done: str) -> None:
        note = f"{self.resource.record} {' '.join(key)} {done}".replace("  ", " ")
        put(self.resource, {key: values}, actor=request.user.get_username(), note=note)

    def _may(self, request: HttpRequest, what: str) -> None:
        if not getattr(self.admin, f"has_{what}_permission")(request):
            raise HttpError(403, f"Your role does not let you {what} this.")

    def _found(self, key: Key) -> Any:
        row = self.resource.find(key).first()
        if row is None:
            raise HttpError(404, f"There is no {self.resource.record} {' '.join(key)}.")
        return row

    def _answer(self, key: Key) -> dict[str, Any]:
        return {"record": self.resource.show([self._found(key)])[0], **standing()}

    def _order(self, order: str) -> list[str]:
        known, found = self.resource.order(), []
        for name in order.split(","):
            bare = name.removeprefix("-")
            if bare not in known:
                raise HttpError(422, f"order: {bare[:50]!r} is none of {', '.join(known)}")
            found.append(name.replace(bare, known[bare]))
        return [*found, *(known[name] for name in self.resource.names)]
