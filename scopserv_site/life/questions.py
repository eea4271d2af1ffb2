"""Pages that say what is about to happen to a tenant, and ask."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from dialplan.deploy.models import Node
from tenants.slugs import check_slug


class QuestionForm(forms.Form):
    """What is asked; `button` says what the answer does."""

    button = "Go on"
    danger = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.attrs = {"enctype": "multipart/form-data"} if self.is_multipart() else {}
        self.helper.add_input(Submit("sure", self.button, css_class="danger" if self.danger else "loud"))


class SlugForm(QuestionForm):
    """The tenant's slug, typed by somebody who means it."""

    button = "Delete the tenant"
    danger = True
    typed = forms.CharField(max_length=40, widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}))
    no_archive = forms.BooleanField(
        required=False,
        label="Keep no final export",
        widget=UnfoldBooleanSwitchWidget,
        help_text="Nothing brings the tenant back then.",
    )

    def __init__(self, *args: Any, slug: str, is_complete: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slug = slug
        self.fields["typed"].label = f"Type {slug} to delete it"
        if is_complete:
            del self.fields["no_archive"]

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"].strip()
        if typed != self.slug:
            raise forms.ValidationError(f"This is not {self.slug}; nothing was deleted.")
        return typed


class PlaceForm(QuestionForm):
    """Where a tenant that comes back is to be."""

    button = "Restore the tenant"
    node = forms.ModelChoiceField(
        Node.objects.all(), required=False, empty_label="As the file says", widget=UnfoldAdminSelectWidget, help_text="The Asterisk server."
    )


class RenameForm(QuestionForm):
    """The new slug."""

    button = "Rename the tenant"
    danger = True
    slug = forms.CharField(
        label="New slug",
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="1 to 16 lower-case letters and digits, a letter first.",
    )

    def clean_slug(self) -> str:
        try:
            return check_slug(self.cleaned_data["slug"].strip())
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class MoveForm(QuestionForm):
    """Where to."""

    button = "Move the tenant"
    node = forms.ModelChoiceField(Node.objects.all(), empty_label=None, widget=UnfoldAdminSelectWidget, help_text="The Asterisk server.")
    force = forms.BooleanField(
        required=False,
        label="Give up what calls left on a node that is down",
        widget=UnfoldBooleanSwitchWidget,
        help_text="Else it comes along when that node is back, and stays there until then.",
    )


class ExportForm(QuestionForm):
    """What an export holds."""

    button = "Download"
    secrets = forms.BooleanField(
        required=False,
        label="With secrets",
        widget=UnfoldBooleanSwitchWidget,
        help_text="Passwords of phones and PINs, in clear text. Without them a restored phone gets a new one.",
    )


class RestoreForm(PlaceForm):
    """A site file."""

    button = "Look at it first"
    file = forms.FileField(label="File", widget=UnfoldAdminFileFieldWidget, help_text="As 'Export' on a tenant's page writes it.")
    field_order = ("file", "node")


def question(
    site: Any,
    request: HttpRequest,
    title: str,
    form: forms.Form | None,
    *,
    facts: Iterable[str] = (),
    plan: Iterable[str] = (),
    refusal: str = "",
    carried: str = "",
    back: str,
) -> HttpResponse:
    """The page: facts in sentences, a plan in lines, a refusal if it was refused, and the form; `carried` goes on to the next answer."""
    context = {"title": title, "form": form, "facts": list(facts), "plan": list(plan), "refusal": refusal, "carried": carried, "back": back}
    return TemplateResponse(request, "scopserv_site/question.html", {**site.each_context(request), **context})
