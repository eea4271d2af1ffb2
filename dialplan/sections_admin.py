"""The pages of a tenant's phones, incoming and outgoing lines."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from dialplan import destinations
from dialplan.admin import ContextChoiceForm
from dialplan.build.names import device_name
from dialplan.build.sip_names import is_guessable
from dialplan.changes import Change
from dialplan.claims import settle_claims
from dialplan.committing import CommittingAdmin, RefusableForm
from dialplan.deploy.status import sip_servers
from dialplan.made import Made, made_by
from dialplan.models import Phone
from dialplan.trunks.models import Trunk
from dialplan.uses import named_by
from tenants.life.limits import limits_of, used_of
from tenants.schema import current_slug


class PhoneForm(ContextChoiceForm):
    class Meta:
        help_texts = {"secret": "The password to type into the phone. A new phone gets a random one."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "context" in self.fields:
            self.fields["context"].help_text = "What the phone may dial."

    def check_rules(self) -> None:
        super().check_rules()
        before = self.initial.get("number")
        if self.instance.pk and self.instance.number != before and (users := named_by("phone", str(before))):
            self.add_error("number", f"{before} is still named by {', '.join(users)}; change that first.")


class PhoneAdmin(CommittingAdmin):
    kind = "phone"
    form = PhoneForm
    empty_hint = "Add the first one: its number, and a password that is made for it. Its page then says what to type into the device."
    list_display = ["number", "name", "context", "answers", "user_name"]
    list_filter = ["context", "auto_answer"]
    search_fields = ["number", "name"]
    readonly_fields = ["setup", "secret_state"]
    list_before_template = "dialplan/limit.html"
    fieldsets = [
        ("General", {"classes": ["tab"], "fields": ["number", "name", "secret", "context"]}),
        ("Ringing", {"classes": ["tab"], "fields": ["ring_seconds", "auto_answer"]}),
    ]

    def made(self, obj: Any) -> list[Made]:
        return made_by("section:phone", obj.number)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        allowed = limits_of(current_slug()).phones
        note = "" if allowed is None else f"{used_of(Phone.objects.count(), allowed)} phones that may be here"
        return super().changelist_view(request, {"limit_note": note, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "secret" in form.changed_data and is_guessable(obj.secret):
            why = f"The secret of {obj.number} is easy to guess, and whoever does calls at your expense"
            messages.warning(request, f"{why}: take 8 characters or more, and not digits alone.")

    def consequences(self, obj: Any) -> list[str]:
        users = named_by(self.kind, obj.number)
        warning = [f"It is still named by {', '.join(users)}; change that as well."] if users else []
        return [f"The device can no longer register as {self.user_name(obj)}, and nobody reaches {obj.number}.", *warning]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            return self.fieldsets
        (name, options), *others = self.fieldsets
        secret = "secret" if self.has_change_permission(request, obj) else "secret_state"
        return [(name, {**options, "fields": ["number", "name", secret, "setup", "context"]}), *others]

    @display(description="SIP user name", ordering="number")
    def user_name(self, phone: Phone) -> str:
        return device_name(current_slug(), phone.number)

    @display(description="answers pages by", ordering="auto_answer")
    def answers(self, phone: Phone) -> str:
        return "–" if phone.auto_answer == Phone.AutoAnswer.NONE else phone.get_auto_answer_display().partition(" (")[0]  # noqa: RUF001

    @display(description="secret")
    def secret_state(self, phone: Phone) -> str:
        return "Set; only who may change the phone sees it."

    @display(description="to type into the phone")
    def setup(self, phone: Phone) -> str:
        # Kept on the phone, as the theme asks for the field many times while it draws the page.
        if "_servers" not in phone.__dict__:
            phone.__dict__["_servers"] = sip_servers(current_slug())
        rows = [
            ("SIP server", " or ".join(phone.__dict__["_servers"]) or "No Asterisk server carries this tenant yet."),
            ("User and login name", self.user_name(phone)),
            ("Password", "the secret above"),
            ("Transport", "UDP"),
        ]
        return format_html('<dl class="facts">{}</dl>', format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows))


def trunk_choices() -> list[tuple[str, str]]:
    return [(name, name) for name in Trunk.lent_to(current_slug()).values_list("name", flat=True)]


class TrunkChoiceForm(RefusableForm):
    """A form whose trunk is one of those that are lent to the open tenant."""

    trunk = forms.ChoiceField(widget=UnfoldAdminSelectWidget, choices=trunk_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "trunk" in self.fields:
            lent = list(self.fields["trunk"].choices)  # type: ignore[attr-defined]
            self.fields["trunk"].help_text = "" if lent else "Your operator has lent you no trunk yet; ask for one."


class LineAdmin(CommittingAdmin):
    """Lines come and go on a trunk, so without one there is nothing to add."""

    line_hint = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        lent = Trunk.lent_to(current_slug()).filter(name=OuterRef("trunk"))
        return super().get_queryset(request).annotate(is_lent=Exists(lent))

    @display(description="trunk", ordering="trunk")
    def carrier(self, line: Any) -> str:
        return str(line.trunk) if line.is_lent else f"{line.trunk}: no longer lent to you, so this line is off"

    @property
    def empty_hint(self) -> str:  # type: ignore[override]
        return self.line_hint if trunk_choices() else f"{self.line_hint} Your operator has lent you no trunk yet; ask for one first."


class DestinationInput(UnfoldAdminTextInputWidget):
    """A text input that proposes where a call can go in the open tenant."""

    template_name = "dialplan/destination.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, {**(attrs or {}), "list": "destinations", "autocomplete": "off"})
        context["proposals"] = [place for place in destinations.proposals() if place[0] != destinations.HANGUP]
        return context


class IncomingLineForm(TrunkChoiceForm):
    class Meta:
        widgets = {"destination": DestinationInput}


class IncomingLineAdmin(LineAdmin):
    kind = "line_in"
    form = IncomingLineForm
    line_hint = "Add the numbers that the public dials, and say which phone rings."
    list_display = ["number", "name", "carrier", "destination"]
    list_filter = ["trunk"]
    search_fields = ["number", "name", "destination"]
    fieldsets = [("General", {"classes": ["tab"], "fields": ["number", "name", "trunk", "destination"]})]

    def made(self, obj: Any) -> list[Made]:
        return made_by("section:line_in", f"{obj.number}@{obj.trunk}")

    def touch(self, change: Change, note: str) -> None:
        settle_claims(change)
        super().touch(change, note)


class OutgoingLineAdmin(LineAdmin):
    kind = "line_out"
    form = TrunkChoiceForm
    line_hint = "Say which dialled numbers go out, and on which trunk."

    def made(self, obj: Any) -> list[Made]:
        return made_by("section:line_out", obj.name)

    list_display = ["name", "pattern", "strip", "prepend", "carrier"]
    list_filter = ["trunk"]
    search_fields = ["name", "pattern"]
    fieldsets = [
        ("General", {"classes": ["tab"], "fields": ["name", "pattern", "trunk"]}),
        ("Rewriting", {"classes": ["tab"], "fields": ["strip", "prepend", "caller_id"]}),
    ]
