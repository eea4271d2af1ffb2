"""What stands below a list: its records as a file, and the page that takes such a file back."""

from collections.abc import Iterator
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout, Submit
from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from unfold.widgets import UnfoldAdminFileFieldWidget

from dialplan.committing import CommittingAdmin
from dialplan.refusal import Refused
from scopserv_site.records.resource import Resource
from scopserv_site.tables.cells import columns_of, to_cell
from scopserv_site.tables.importing import WRONG, Preview, import_rows
from scopserv_site.tables.reading import BadTable, Line, read_table
from scopserv_site.tables.writing import TYPES, Row, csv_file, xlsx_file
from tenants.audit import trail
from tenants.schema import current_slug

SHOWN = 300  # rows of a preview
GOOD_FOR = 3600  # seconds between a preview and its confirmation
LONGEST_CARRIED = 2_000_000


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(label="CSV or XLSX", widget=UnfoldAdminFileFieldWidget)

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.attrs = {"enctype": "multipart/form-data"}
        self.helper.layout = Layout("file", HTML(example))
        self.helper.add_input(Submit("look", "Look at it first", css_class="loud"))


def with_tables(base: type[CommittingAdmin], resource: Resource) -> type[CommittingAdmin]:
    """The admin class of a list, which can then be exported and imported."""

    class TablesAdmin(base):  # type: ignore[misc,valid-type]
        list_after_template = "scopserv_site/tables.html"

        def get_urls(self) -> list[Any]:
            name = f"{self.opts.app_label}_{self.opts.model_name}"
            view = self.admin_site.admin_view
            own = [
                path("export/<str:kind>/", view(self.export_view), name=f"{name}_export"),
                path("import/", view(self.import_view), name=f"{name}_import"),
            ]
            return [*own, *super().get_urls()]

        def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
            query = f"?{request.GET.urlencode()}" if request.GET else ""
            links = [(kind.upper(), reverse(f"{name}_export", args=[kind]) + query) for kind in TYPES]
            more = {"export_links": links, "import_link": reverse(f"{name}_import") if self._may_import(request) else ""}
            return super().changelist_view(request, {**more, **(extra_context or {})})

        def export_view(self, request: HttpRequest, kind: str) -> HttpResponse:
            """The list as it is filtered and sorted, all pages of it."""
            if not self.has_view_permission(request):
                raise PermissionDenied
            if kind not in TYPES:
                raise Http404
            found = list(self.get_changelist_instance(request).queryset)
            trail.note("exported", kind=self.kind, key=kind, values={"records": len(found)})
            rows = _table(resource, found)
            content = csv_file(rows) if kind == "csv" else xlsx_file(rows, resource.title)
            name = "-".join(filter(None, (current_slug(), resource.path.rpartition("/")[2])))
            return HttpResponse(content, content_type=TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'})

        def import_view(self, request: HttpRequest) -> HttpResponse:
            """A file, then what it would do, then doing it."""
            if not self._may_import(request):
                raise PermissionDenied
            context: dict[str, Any] = {"form": self._upload_form(request)}
            try:
                if request.method == "POST" and "carried" in request.POST:
                    return self._import(request, _opened(request.POST["carried"], self._salt(request)), sure=True)
                if request.method == "POST" and context["form"].is_valid():
                    return self._import(request, read_table(context["form"].cleaned_data["file"].read()), sure=False)
            except (BadTable, Refused) as error:
                messages.error(request, str(error))
            return self._page(request, context)

        def _import(self, request: HttpRequest, lines: list[Line], *, sure: bool) -> HttpResponse:
            note = f"{len(lines) - 1} {resource.title} imported"
            actor = request.user.get_username()
            preview = import_rows(resource, lines, actor=actor, note=note, dry_run=not sure)
            if sure and preview.is_good:
                counts = preview.counts
                trail.note("imported", kind=self.kind, values=counts)
                messages.success(request, f"{counts['new']} added, {counts['changed']} changed, {counts['unchanged']} as they were.")
                return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
            carried = signing.dumps(lines, salt=self._salt(request), compress=True) if preview.is_good else ""
            if len(carried) > LONGEST_CARRIED:
                raise BadTable("The file is too large to be looked at first; split it.")
            form = self._upload_form(request, fresh=True)
            return self._page(request, {"form": form, "preview": preview, "rows": _shown(preview), "carried": carried, "most": SHOWN})

        def _page(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
            title = f"Import {resource.title}"
            more = {"opts": self.opts, "title": title, "columns": columns_of(resource), **context}
            return TemplateResponse(request, "scopserv_site/import.html", {**self.admin_site.each_context(request), **more})

        def _upload_form(self, request: HttpRequest, *, fresh: bool = False) -> UploadForm:
            given = request.method == "POST" and "carried" not in request.POST and not fresh
            return UploadForm(request.POST, request.FILES) if given else UploadForm()

        def _may_import(self, request: HttpRequest) -> bool:
            return self.has_add_permission(request) and self.has_change_permission(request)

        def _salt(self, request: HttpRequest) -> str:
            return f"import:{current_slug()}:{resource.path}:{request.user.pk}"

    TablesAdmin.__name__ = base.__name__
    return TablesAdmin


def _table(resource: Resource, rows: list[Any]) -> Iterator[Row]:
    columns = [column for column in columns_of(resource) if not column.is_secret]
    yield [column.name for column in columns]
    for record in resource.show(rows):
        yield [to_cell(column.of(record)) for column in columns]


def _opened(carried: str, salt: str) -> list[Line]:
    try:
        return [Line(*line) for line in signing.loads(carried, salt=salt, max_age=GOOD_FOR)]
    except signing.BadSignature:
        raise BadTable("The preview is too old, or not yours; upload the file again.") from None


def _shown(preview: Preview) -> list[Any]:
    """The rows to show, those that are wrong first; each with its cells and what is wrong with them."""
    rows = sorted(preview.rows, key=lambda row: row.state != WRONG)[:SHOWN]
    names = [column.name for column in preview.columns]
    secret = {column.name for column in preview.columns if column.is_secret}
    return [
        (
            row,
            [
                ("••••••" if name in secret and cell else cell[:200], row.faults.get(name, ""))
                for name, cell in zip(names, row.cells, strict=True)
            ],
        )
        for row in rows
    ]
