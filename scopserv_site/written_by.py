"""Leads from a dialplan line or AstDB key to the record that it comes from."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse

from addons.models import Record
from dialplan.models import IncomingLine, OutgoingLine, Phone
from tenants.access import may


def written_by(request: HttpRequest) -> HttpResponse:
    """Redirects from ?origin=addon:paging&source=*70 to that record's page, or to its section where no record is named."""
    layer, _, name = request.GET.get("origin", "").partition(":")
    source = request.GET.get("source", "")
    app, model, found = _record(layer, name, source)
    if not may(request.user, f"{app}.view_{model}"):
        raise PermissionDenied
    try:
        if found is not None:
            return HttpResponseRedirect(reverse(f"admin:{app}_{model}_change", args=[found.pk]))
        return HttpResponseRedirect(reverse(f"admin:{app}_{model}_changelist"))
    except NoReverseMatch:
        raise Http404(f"Nothing here is called {layer}:{name}.") from None


def _record(layer: str, name: str, source: str) -> tuple[str, str, Any]:
    if layer == "section":
        number, _, trunk = source.partition("@")
        match name:
            case "phone":
                return "dialplan", "phone", Phone.objects.filter(number=source).first()
            case "line_in":
                return "dialplan", "incomingline", IncomingLine.objects.filter(number=number, trunk=trunk).first()
            case "line_out":
                return "dialplan", "outgoingline", OutgoingLine.objects.filter(name=source).first()
    if layer == "addon":
        return name, "record", Record.objects.filter(addon=name, key=source).first() if source else None
    return "dialplan", "extension", None
