"""The page and the API of notifications: what one's organisations were told, and what of it is unread."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from trading import clock
from trading.doors import paging
from trading.doors.fields import Moment
from trading.doors.schema import Schema
from trading.notification import Notification

ORDER = ("-created_at", "-id")


class NotificationRecord(serializers.ModelSerializer[Notification]):
    """What an organisation was told, and when somebody of it read it."""

    organisation = serializers.CharField(source="organisation_id")
    notice = serializers.IntegerField(source="version.notice_id")
    title = serializers.CharField(source="version.title")
    text = serializers.CharField()
    created_at = Moment()
    read_at = Moment()

    class Meta:
        model = Notification
        fields = ("id", "organisation", "notice", "title", "text", "created_at", "read_at")


class NotificationList(serializers.Serializer[Any]):
    """The newest notifications first."""

    items = NotificationRecord(many=True)


def unread(person: Any) -> int:
    """Return how many notifications nobody of the person's organisations has read."""
    return Notification.objects.visible_to(person).filter(read_at=None).count()


def read(person: Any) -> None:
    """Note that a person has read what the organisations were told."""
    Notification.objects.visible_to(person).filter(read_at=None).update(read_at=clock.now())


class NotificationsApi(APIView):
    """Lists what one's organisations were told; reading them is a POST."""

    schema = Schema()

    @extend_schema(
        operation_id="notification_list", summary="Notifications", tags=["notifications"], responses=NotificationList
    )
    def get(self, request: Request) -> Response:
        return Response({"items": NotificationRecord(self._own(request)[: paging.LIMIT], many=True).data})

    @extend_schema(
        operation_id="notification_read",
        summary="Mark the notifications as read",
        tags=["notifications"],
        request=None,
        responses=NotificationList,
    )
    def post(self, request: Request) -> Response:
        self._own(request)
        read(request.user)
        return self.get(request)

    def _own(self, request: Request) -> Any:
        if not request.user.is_authenticated:
            raise NotAuthenticated
        return Notification.objects.visible_to(request.user).select_related("version")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    """Show what one's organisations were told, the newest first; a POST marks it as read."""
    if request.method == "POST":
        read(request.user)
        return redirect("notification_list")
    rows = Notification.objects.visible_to(request.user).select_related("version__notice__lot", "organisation")
    page = paging.page(rows, ORDER, request.GET)
    context = {
        "rows": page.rows,
        "unread": unread(request.user),
        "next_path": f"?cursor={page.after}" if page.after else "",
        "previous_path": f"?cursor={page.before}" if page.before else "",
    }
    return render(request, "notifications/list.html", context)


api = [path("notifications/", NotificationsApi.as_view(), name="notifications")]
pages = [path("notifications/", notifications, name="notification_list")]
