"""The API of a door: `/api/v1/<nouns>/`, `/<nouns>/<name>/` and `/<nouns>/<name>/<act>/`."""

import inspect
from typing import Any, ClassVar

from django.db import models
from django.http import Http404
from django.urls import URLPattern, path, reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from trading import idempotency
from trading.doors import conditions, paging
from trading.doors.door import DOORS, Door, said_of, segment
from trading.doors.schema import DoorSchema
from trading.idempotency import Answer


class ActLink(serializers.Serializer[Any]):
    """An act that the reader can perform now."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the word that pages use
    href = serializers.CharField()
    method = serializers.CharField()


class Links(serializers.Serializer[Any]):
    """Where the list goes on."""

    next = serializers.CharField(allow_null=True)
    prev = serializers.CharField(allow_null=True)


@extend_schema_field(ActLink(many=True))
class Acts(serializers.ReadOnlyField):
    """The acts open to the reader, from the record itself."""

    def __init__(self) -> None:
        super().__init__(source="*")

    def to_representation(self, value: Any) -> Any:
        door = DOORS[value.noun]
        name = door.name_of(value)
        return [
            {
                "name": act,
                "label": door.label_of(act),
                "href": reverse(f"api:{door.noun}_{act}", args=[name]),
                "method": "POST",
            }
            for act in door.open_to(value, self.context["person"])
        ]


class DoorApi(GenericAPIView):  # type: ignore[type-arg]
    """What the three views of a door share."""

    door: ClassVar[Door]
    detail_class: ClassVar[type[serializers.BaseSerializer[Any]]]
    page_class: ClassVar[type[serializers.BaseSerializer[Any]]]
    parts: ClassVar[dict[str, str]]
    schema = DoorSchema()

    def part_of(self, method: str) -> str:
        return self.parts[method]

    def get_queryset(self) -> models.QuerySet[Any]:
        return (
            self.door.model._base_manager.none()
            if getattr(self, "swagger_fake_view", False)
            else self.door.rows(self.request.user)
        )

    @property
    def filterset_class(self) -> Any:
        return self.door.filters if inspect.isclass(self.door.filters) else None

    @property
    def filterset_fields(self) -> Any:
        return None if inspect.isclass(self.door.filters) else self.door.filters

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "person": self.request.user, "doors": DOORS}

    def record(self) -> Any:
        """Return the record of the address, or 404 where there is none that the person may see."""
        found = self.door.seen_by(self.request.user, self.kwargs["name"])
        if found is None:
            raise Http404
        return found

    def checked(self, request: Request) -> dict[str, Any]:
        """Return the input, its shapes and types checked."""
        given = self.input_class()(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def input_class(self) -> Any:
        """Return the input of the view's act; each view that writes says which."""
        raise NotImplementedError

    def once(self, request: Request, work: Any) -> Response:
        """Do the work once for its Idempotency-Key, and answer."""
        answer = idempotency.once(
            request.headers.get("Idempotency-Key", ""),
            owner=idempotency.owner_of(request.user),
            fingerprint=idempotency.fingerprint_of(str(request.method), request.path, request.data),
            work=work,
        )
        again = {"Idempotency-Replayed": "true"} if answer.replayed else {}
        return Response(answer.body, answer.status, headers={**answer.headers, **again})

    def said(self, record: Any, status: int) -> Answer:
        """Return the record as it reads now, with its entity tag."""
        body = self.detail_class(record, context=self.get_serializer_context()).data
        return Answer(status, body, {"ETag": conditions.etag(record.version, body)})

    def summary(self, method: str) -> str:
        return f"{self.door.plural}"

    def explanation(self, method: str) -> str:
        return inspect.getdoc(self.door.model) or ""


class CreateApi(DoorApi):
    """A creating act."""

    act: ClassVar[str]
    parts = {"POST": "create"}

    def post(self, request: Request) -> Response:
        return self.once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Answer:
        self.door.require_creator(self.act, request.user)
        record = self.door.create(self.act, self.checked(request), request.user)
        answer = self.said(record, 201)
        address = reverse(f"api:{self.door.noun}", args=[self.door.name_of(record)])
        return Answer(201, answer.body, {**answer.headers, "Location": address})

    def input_class(self) -> Any:
        return self.door.input_of(self.act, new=True)

    def summary(self, method: str) -> str:
        return self.door.label_of(self.act) if method == "POST" else super().summary(method)

    def explanation(self, method: str) -> str:
        return said_of(self.door, self.act) if method == "POST" else super().explanation(method)


class ListApi(CreateApi):
    """The list, and the creating act."""

    def get(self, request: Request) -> Response:
        rows = (self.door.lists or self.door.rows)(request.user).select_related(*self.door.related)
        found = paging.page(self.filter_queryset(rows), self.door.order, request.query_params)
        items = self.door.reads(found.rows, many=True, context=self.get_serializer_context()).data
        return Response({"items": items, "links": {"next": self._link(found.after), "prev": self._link(found.before)}})

    def _link(self, cursor: str | None) -> str | None:
        return self.request.path + paging.turned(self.request, cursor) if cursor else None


class RecordApi(DoorApi):
    """One record, with the acts open to the reader."""

    parts = {"GET": "detail"}

    def get(self, request: Request, name: str) -> Response:
        answer = self.said(self.record(), 200)
        if conditions.unchanged(request, answer.headers["ETag"]):
            return Response(status=304, headers=answer.headers)
        return Response(answer.body, headers=answer.headers)

    def summary(self, method: str) -> str:
        return f"{self.door.singular}"


class ActApi(DoorApi):
    """One act on one record."""

    act: ClassVar[str]
    parts = {"POST": "act"}

    def post(self, request: Request, name: str) -> Response:
        record = self.record()
        return self.once(request, lambda: self._perform(request, record))

    def _perform(self, request: Request, record: Any) -> Answer:
        self.door.require_power(record, self.act, request.user)
        free = self.act in self.door.unversioned
        version = None if free else conditions.version_seen(request, record.version)
        facts = self.checked(request)
        return self.said(self.door.act_on(record, self.act, person=request.user, version=version, facts=facts), 200)

    def input_class(self) -> Any:
        return self.door.input_of(self.act)

    def summary(self, method: str) -> str:
        return self.door.label_of(self.act)

    def explanation(self, method: str) -> str:
        return said_of(self.door, self.act)


def urls(door: Door) -> list[URLPattern]:
    """Return the operations of a door."""
    shared = {"door": door, **_bodies(door)}
    parts = {"GET": "list", "POST": "create"} if door.creates else {"GET": "list"}
    methods = ["get", "head", "post"] if door.creates else ["get", "head"]
    listed = _view(
        ListApi,
        f"{door.model.__name__}List",
        {**shared, "act": door.begins, "parts": parts, "http_method_names": methods},
    )
    detail = _view(RecordApi, f"{door.model.__name__}Detail", shared)
    routes = [
        path(f"{door.path}/", listed, name=f"{door.noun}_list"),
        path(f"{door.path}/<name:name>/", detail, name=door.noun),
    ]
    for act in door.also_creates:
        view = _view(CreateApi, f"{door.model.__name__}_{act}", {**shared, "act": act})
        routes.insert(1, path(f"{door.path}/{segment(act)}/", view, name=f"{door.noun}_{act}"))
    for act in door.acts:
        view = _view(ActApi, f"{door.model.__name__}_{act}", {**shared, "act": act})
        routes.append(path(f"{door.path}/<name:name>/{segment(act)}/", view, name=f"{door.noun}_{act}"))
    return routes


def _view(base: type[DoorApi], name: str, attributes: dict[str, Any]) -> Any:
    return type(name, (base,), {**attributes, "__doc__": base.__doc__, "__module__": __name__}).as_view()  # type: ignore[attr-defined]


def _bodies(door: Door) -> dict[str, Any]:
    noun = door.model.__name__
    reads = door.details or door.reads
    meta = type("Meta", (reads.Meta,), {"fields": (*reads.Meta.fields, "acts")})
    detail = type(f"{noun}Detail", (reads,), {"acts": Acts(), "Meta": meta, "__doc__": door.model.__doc__})
    items = door.reads(many=True)
    page = type(
        f"{noun}Page",
        (serializers.Serializer,),
        {"items": items, "links": Links(), "__doc__": f"A page of {door.path}."},
    )
    return {"detail_class": detail, "page_class": page}
