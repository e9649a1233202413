"""The form that begins an embedding set: from what a browser sent to a model that can be asked."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from knowledge.embedding import ADAPTERS
from knowledge.embedding.sets import NAMES_ITS_MODEL
from knowledge.staff.forms import present

NAMES = {"bundled": _("Bundled model, on this machine"), "openai": _("OpenAI-compatible endpoint")}


class EmbeddingSetForm(forms.Form):
    """The model whose vectors a new set is to hold."""

    adapter = forms.ChoiceField()
    url = forms.CharField(
        label=_("Address of the endpoint"),
        required=False,
        max_length=500,
        help_text=_("Such as http://localhost:11434/v1. Left empty, it is EMBEDDER_URL of the settings."),
    )
    model = forms.CharField(
        label=_("Model"),
        required=False,
        max_length=200,
        help_text=_("Its name at the endpoint. Left empty, it is EMBEDDER_MODEL of the settings."),
    )

    def __init__(self, *args: Any, is_administrator: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_administrator = is_administrator
        # A dotted path would load any class there is: only the one that the operator has set is offered.
        offered = dict.fromkeys([*ADAPTERS, settings.EMBEDDER])
        self.fields["adapter"] = forms.ChoiceField(
            label=_("Adapter"),
            help_text=_("How the model is reached; the bundled one needs nothing else."),
            choices=[(name, NAMES.get(name, name)) for name in offered],
        )
        present(self)

    def clean_url(self) -> str:
        """Return the address; one that is not in the settings needs an administrator.

        All texts and the key of the settings are sent there.
        """
        url: str = self.cleaned_data["url"].strip()
        if not url or url == settings.EMBEDDER_URL:
            return url
        if not _is_web_address(url):
            raise ValidationError(
                _now("This is not a web address: it has to begin with https:// or http://.")
            )
        if not self._is_administrator:
            raise ValidationError(
                _now(
                    "The texts of all documents and EMBEDDER_KEY would be sent there: only an administrator "
                    "may choose another address than EMBEDDER_URL. Leave it empty, or ask one."
                )
            )
        return url

    def clean(self) -> dict[str, Any]:
        """See to it that an endpoint has an address and a model, and that nothing else has."""
        values = super().clean() or self.cleaned_data
        is_endpoint = values.get("adapter") == NAMES_ITS_MODEL
        for name in ("url", "model"):
            given = values.get(name)
            if name in self.errors:
                continue
            if is_endpoint and not (given or getattr(settings, f"EMBEDDER_{name.upper()}")):
                self.add_error(name, _now("The settings name none, so it is needed here."))
            if given and not is_endpoint:
                self.add_error(name, _now("This adapter has none: leave it empty, or choose the endpoint."))
        return values


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
