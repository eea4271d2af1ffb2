"""The admin pages through which every change goes: save, rebuild, and say so on the same page when it was refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import Form, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from dialplan.changes import Change, changing, lock_records
from dialplan.made import Made
from dialplan.refusal import Refused
from dialplan.rules import check_rules
from dialplan.seen import SEEN, conflict, fingerprint
from tenants.audit.admin import HistoryAdmin
from tenants.schema import current_slug


class RefusableForm(ModelForm):
    """A form that checks its record against all that is around it, and can show why its change was refused."""

    refusal = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stored = fingerprint(self.instance)
        self._opened = self.data.get(SEEN, self._stored)
        self.seen = self._opened

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self._opened != self._stored and not self.refusal:
            self.seen = self._stored  # once it was told, the next save is meant
            self.add_error(None, conflict(self.instance))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.refusal:
            self.add_error(None, self.refusal)
        elif not self.errors:
            self.check_rules()

    def check_rules(self) -> None:
        try:
            check_rules(self.instance)
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]


class CommittingAdmin(HistoryAdmin):
    """An admin whose saves and deletes are one change each: rows, commit functions, build and deployment, or nothing."""

    form = RefusableForm
    kind = ""  # the kind of record, as addons read it
    compressed_fields = True
    list_fullwidth = True
    warn_unsaved_form = True
    show_full_result_count = False
    empty_hint = ""  # what an empty list says to do next
    change_form_before_template = "dialplan/seen.html"
    change_form_outer_after_template = "dialplan/made.html"

    def consequences(self, obj: Any) -> list[str]:
        """What the page that asks before a delete says about it."""
        return ["What it wrote leaves Asterisk at once. This cannot be undone."]

    def made(self, obj: Any) -> list[Made]:
        """The dialplan lines and AstDB keys that a record made, for its page."""
        return []

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any) -> HttpResponse:
        return super().render_change_form(request, {**context, "made": self.made(obj) if obj else []}, *args, obj=obj, **kwargs)

    def own_addons(self) -> frozenset[str]:
        """The addons whose failing commit refuses a save."""
        return frozenset()

    def touch(self, change: Change, note: str) -> None:
        """Says what a save or delete touched."""
        change.touch(self.kind, note)

    @contextmanager
    def changing(self, request: HttpRequest) -> Iterator[Change]:
        with changing(actor=request.user.get_username(), own=self.own_addons()) as change:
            lock_records(current_slug())
            yield change

    def get_form(self, request: HttpRequest, obj: models.Model | None = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", "")})

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        show = super().changeform_view
        if request.method != "POST":
            return show(request, *args, **kwargs)
        try:
            with self.changing(request):
                return show(request, *args, **kwargs)
        except Refused as refusal:
            request.refusal = str(refusal)  # type: ignore[attr-defined]
            return show(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._or_message(request, lambda: self._ask_or_delete(request, *args, **kwargs))

    def _ask_or_delete(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        obj = self.get_object(request, object_id)
        context = {"consequences": self.consequences(obj) if obj else []}
        return super().delete_view(request, object_id, {**context, **(extra_context or {})})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return self._or_message(request, lambda: super(CommittingAdmin, self).changelist_view(request, extra_context))

    def _or_message(self, request: HttpRequest, show: Callable[[], HttpResponse]) -> HttpResponse:
        if request.method != "POST":
            return show()
        try:
            with self.changing(request):
                return show()
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())

    def save_related(self, request: HttpRequest, form: Form, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        with self.changing(request) as current:
            record = form.instance  # type: ignore[attr-defined]
            self.touch(current, f"{self.opts.verbose_name} {record} {'changed' if change else 'added'}")
            current.settle()  # before Django says that all went well

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        note = f"{self.opts.verbose_name} {obj} deleted"
        super().delete_model(request, obj)
        with self.changing(request) as current:
            self.touch(current, note)
            current.settle()

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        notes = [f"{self.opts.verbose_name} {record} deleted" for record in queryset]
        super().delete_queryset(request, queryset)
        with self.changing(request) as current:
            for note in notes:
                self.touch(current, note)
            current.settle()
