"""The web application of a node, for any WSGI server: ``granian --interface wsgi tongban.wsgi:application``."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from tongban.ops.boot import setup

setup(pool=True)
application = get_wsgi_application()
