"""The looks of an assistant: from a form to eight tokens, shown live before they are saved."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from chat.models import Assistant
from chat.staff.embedding import snippet_of
from chat.widget import theming
from knowledge.staff.access import staff_required
from knowledge.staff.forms import present
from knowledge.staff.pages import staff_page

SCHEMES = {
    "auto": gettext_lazy("As the visitor's system"),
    "light": gettext_lazy("Light"),
    "dark": gettext_lazy("Dark"),
}
FONTS = {
    "system": gettext_lazy("Of the visitor's system"),
    "serif": gettext_lazy("With serifs"),
    "rounded": gettext_lazy("Rounded"),
    "mono": gettext_lazy("All letters as wide"),
}
POSITIONS = {"end": gettext_lazy("At the end of a line"), "start": gettext_lazy("At its start")}
OUR_COLOR = "#1f54c0"  # --accent of tokens.css


class LooksForm(forms.Form):
    """The eight tokens, as fields."""

    color = forms.CharField(
        label=gettext_lazy("Colour"), widget=forms.TextInput({"type": "color"}), required=False
    )
    scheme = forms.ChoiceField(label=gettext_lazy("Light or dark"), choices=tuple(SCHEMES.items()))
    font = forms.ChoiceField(label=gettext_lazy("Letters"), choices=tuple(FONTS.items()))
    radius = forms.IntegerField(
        label=gettext_lazy("Roundness of corners"),
        min_value=0,
        max_value=theming.MOST_RADIUS,
        help_text=gettext_lazy("In pixels, 0 for square ones."),
    )
    launcher = forms.CharField(
        label=gettext_lazy("Words on the button"),
        required=False,
        max_length=theming.MOST_LAUNCHER,
        help_text=gettext_lazy("Left empty: a symbol alone."),
    )
    position = forms.ChoiceField(label=gettext_lazy("Place of the button"), choices=tuple(POSITIONS.items()))
    offset = forms.IntegerField(
        label=gettext_lazy("Distance from the edge"),
        min_value=0,
        max_value=theming.MOST_OFFSET,
        help_text=gettext_lazy("In pixels."),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or WebP, at most 20 KB; shown at 36 pixels."),
    )
    no_logo = forms.BooleanField(label=gettext_lazy("Without a logo"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present(self)

    def clean_logo(self) -> str:
        """Return the picture as data; empty when none was sent."""
        sent: Any = self.cleaned_data["logo"]
        return theming.read_logo(sent.read(theming.MOST_LOGO + 1)) if sent else ""

    def tokens(self, before: dict[str, Any]) -> dict[str, Any]:
        """Return the theme to store; the logo stays unless another one came or it is to go."""
        values = {name: self.cleaned_data[name] for name in theming.DEFAULTS}
        if not values["logo"] and not self.cleaned_data["no_logo"]:
            values["logo"] = before.get("logo", "")
        if values["color"].lower() == OUR_COLOR:
            values["color"] = ""
        return theming.clean_theme(values)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def assistant_looks(request: HttpRequest, key: str) -> HttpResponseBase:
    """Choose how an assistant looks, beside the chat itself."""
    assistant = get_object_or_404(Assistant, key=key)
    theme = theming.theme_of(assistant.theme)
    form = LooksForm(
        request.POST or None,
        request.FILES or None,
        initial=theme | {"color": theme["color"] or OUR_COLOR, "logo": None},
    )
    if request.method == "POST" and form.is_valid():
        try:
            assistant.theme = form.tokens(assistant.theme)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            assistant.save(update_fields=["theme"])
            messages.success(request, _("The looks of “%(name)s” are saved.") % {"name": assistant.name})
            return redirect("staff:assistant-looks", key=key)
    context = {"section": "assistants", "assistant": assistant, "form": form, "tab": "looks"}
    return _with_chat(request, staff_page(request, "staff/assistants/looks.html", context))


@require_safe
@staff_required
def assistant_try(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show the assistant on a page, as a website embeds it."""
    assistant = get_object_or_404(Assistant, key=key)
    context = {
        "section": "assistants",
        "assistant": assistant,
        "tab": "try",
        "snippet": snippet_of(request, assistant),
        "tag": theming.theme_of(assistant.theme),
    }
    return _with_chat(request, staff_page(request, "staff/assistants/try.html", context))


def _with_chat(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """Let a page show the chat in a frame."""
    return csp_update({"frame-src": [SELF]})(lambda _request: response)(request)
