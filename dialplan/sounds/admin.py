"""The pages of a tenant's recordings: uploading, hearing and replacing them."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget

from dialplan.build.sounds import KIND, check_sound_name, sound_name
from dialplan.committing import CommittingAdmin, RefusableForm
from dialplan.refusal import Refused
from dialplan.sounds.content import LARGEST, BadSound, Content, read_sound
from dialplan.sounds.models import Sound, check_room
from dialplan.uses import named_by

TYPES = {"wav": "audio/wav", "gsm": "audio/x-gsm"}


class SoundForm(RefusableForm):
    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget,
        help_text=f"A WAV of 8 kHz, mono, 16 bit, or a GSM file; at most {LARGEST >> 20} MB.",
    )

    class Meta:
        fields = ["name"]
        help_texts = {"name": "Lower case letters, digits and -; empty takes the name of the file."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["file"].required = False
            self.fields["file"].label = "Another file in its place"
        else:
            self.fields["name"].required = False

    def clean_file(self) -> Content | None:
        file = self.cleaned_data["file"]
        if file is None:
            return None
        try:
            return uploaded(file)
        except BadSound as error:
            raise ValidationError(sentence(error)) from None

    def clean_name(self) -> str:
        file: Any = self.files.get("file")
        name: str = self.cleaned_data["name"] or (sound_name(file.name) if file else "")
        try:
            return check_sound_name(name)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def check_rules(self) -> None:
        content: Content | None = self.cleaned_data["file"]
        if content is None:
            return
        try:
            check_room(self.instance, len(content.data))
        except Refused as error:
            self.add_error("file", str(error))
        else:
            self.instance.fill(content)


class SoundAdmin(CommittingAdmin):
    kind = KIND
    form = SoundForm
    empty_hint = "Upload a recording; menus, voicemail and other addons can then play it."
    list_display = ["name", "length", "listen"]
    search_fields = ["name"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        may = self.has_change_permission(request, obj) if obj else True
        return ["name", *(["length", "listen", "used_by"] if obj else []), *(["file"] if may else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["name", "length", "listen", "used_by"] if obj else []

    def get_urls(self) -> list[Any]:
        return [path("listen/<slug:name>/", self.admin_site.admin_view(self.listen_view), name="sounds_sound_listen"), *super().get_urls()]

    def listen_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """The recording itself."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        sound = Sound.objects.filter(name=name).first()
        if sound is None:
            raise Http404
        named = {"Content-Disposition": f'inline; filename="{sound.name}.{sound.ending}"'}
        return HttpResponse(bytes(sound.data), content_type=TYPES[sound.ending], headers=named)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        deleted, counts, perms, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, perms, [*protected, *(user for sound in objs for user in named_by(KIND, sound.name))]

    @display(description="length", ordering="seconds")
    def length(self, sound: Sound) -> str:
        minutes, seconds = divmod(max(1, round(sound.seconds)), 60)
        return f"{minutes}:{seconds:02}"

    @display(description="listen")
    def listen(self, sound: Sound) -> str:
        return player(sound)

    @display(description="used by")
    def used_by(self, sound: Sound) -> str:
        return ", ".join(named_by(KIND, sound.name)) or "nothing yet"


def player(sound: Sound) -> str:
    """Plays a recording in the page; browsers know no GSM."""
    where = reverse("admin:sounds_sound_listen", args=[sound.name])
    if sound.ending == "gsm":
        return format_html('<a class="underline" href="{}">download</a>', where)
    return format_html('<audio controls preload="none" src="{}"></audio>', where)


def uploaded(file: Any) -> Content:
    """The recording in an uploaded file, of which no more is read than one may have. Raises BadSound."""
    file.seek(0)  # a form that was refused is looked at twice
    return read_sound(file.read(LARGEST + 1))


def sentence(error: BadSound) -> str:
    """As it reads below a field."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
