"""What the server runs: pages and API over HTTP, live sessions over WebSocket."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()

from config.front import Front  # noqa: E402  # the apps must be loaded first
from trading.consumers import nothing_here, watch  # noqa: E402

sockets = [
    re_path(r"^live/(?P<transcript_id>[0-9]{1,18})/$", watch),  # type: ignore[arg-type]  # not a view
    re_path("", nothing_here),  # type: ignore[arg-type]
]
application = ProtocolTypeRouter({"http": Front(pages), "websocket": AllowedHostsOriginValidator(URLRouter(sockets))})
