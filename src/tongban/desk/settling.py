"""What lies with a second person (an import of items, an edition of a list) is published by them, or given up."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban.ui.page import act

Settle = Callable[[Act, UUID], object]


def settle(request: HttpRequest, field: str, *, publish: Settle, discard: Settle) -> None:
    """Do to what ``field`` names as the button pressed says. Refusals: request.malformed, and those of the actions."""
    try:
        which = UUID(request.POST[field])
    except ValueError:
        raise Refusal("request.malformed") from None
    if "publish" in request.POST:
        publish(act(request), which)
        messages.success(request, _("已发布。"))
    else:
        discard(act(request), which)
        messages.success(request, _("已撤销。"))
