"""How the operations describe themselves in OpenAPI: a stable id, the conditions, and every refusal as a problem."""

from typing import Any, ClassVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers


class ProblemError(serializers.Serializer[Any]):
    """One field that could not be accepted."""

    pointer = serializers.CharField(help_text="JSON Pointer to the field; empty for the whole body.")
    detail = serializers.CharField()
    code = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField(help_text="Stable address of a page that explains the problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    request_id = serializers.CharField()
    code = serializers.CharField()
    basis = serializers.CharField(allow_blank=True, help_text="The article of the broken rule.")
    next_step = serializers.CharField(allow_blank=True)
    errors = ProblemError(many=True)  # type: ignore[assignment]  # the member's name in RFC 9457


REFUSALS = {
    400: "The input has the wrong shape.",
    401: "Nobody is signed in.",
    403: "The person does not hold the power.",
    404: "There is no such record, or it may not be seen.",
    406: "The answer cannot be given in the media type asked for.",
    409: "A rule forbids it now.",
    412: "The record has changed since it was read.",
    413: "The body is too large.",
    415: "The body has a media type that is not understood.",
    422: "The Idempotency-Key belongs to another request.",
    428: "If-Match is missing.",
    429: "Too many requests.",
    500: "The platform failed; the request id names the entry in its log.",
}
READING = (400, 404, 406, 500)
WRITING = (400, 401, 403, 404, 406, 409, 413, 415, 422, 429, 500)
ACTING = (*WRITING, 412, 428)
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the record that was read.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag already held."
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="A random key; the same key twice has one effect.",
)
LANGUAGE = OpenApiParameter(
    "Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER, description="zh-hans (default) or en."
)
CURSOR = OpenApiParameter("cursor", OpenApiTypes.STR, description="From `links` of the page before.")
LIMIT = OpenApiParameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, description="Rows of a page."
)


class Schema(AutoSchema):
    """Adds the refusals to every operation."""

    def refusals(self) -> tuple[int, ...]:
        chosen: tuple[int, ...] | None = getattr(self.view, "refusals", {}).get(self.method)
        return chosen or (READING if self.method == "GET" else WRITING)

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        said = super()._get_response_bodies(direction)
        self.resolve_serializer(Problem, "response")
        refusals = {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in self.refusals()}
        return {**refusals, **said}

    def get_override_parameters(self) -> list[Any]:
        return [*super().get_override_parameters(), LANGUAGE]


class DoorSchema(Schema):
    """Describes the operations that a `Door` declares."""

    view: Any  # one of trading.doors.api

    successes: ClassVar[dict[str, int]] = {"list": 200, "detail": 200, "create": 201, "act": 200}

    @property
    def part(self) -> str:
        return str(self.view.part_of(self.method))

    def get_operation_id(self) -> str:
        door = self.view.door
        named = self.part == "act" or (self.part == "create" and self.view.act != door.begins)
        return f"{door.noun}_{self.view.act if named else self.part}"

    def get_tags(self) -> list[str]:
        return [str(self.view.door.path)]

    def get_summary(self) -> str:
        return str(self.view.summary(self.method))

    def get_description(self) -> str:  # type: ignore[override]
        return str(self.view.explanation(self.method))

    def refusals(self) -> tuple[int, ...]:
        if self.part != "act":
            return super().refusals()
        return WRITING if self.is_unversioned() else ACTING

    def is_unversioned(self) -> bool:
        """Say whether the act names no version."""
        return self.part == "act" and self.view.act in self.view.door.unversioned

    def get_override_parameters(self) -> list[Any]:
        extra = {
            "list": [CURSOR, LIMIT],
            "detail": [IF_NONE_MATCH],
            "create": [IDEMPOTENCY_KEY],
            "act": [IDEMPOTENCY_KEY] if self.is_unversioned() else [IF_MATCH, IDEMPOTENCY_KEY],
        }[self.part]
        return [*super().get_override_parameters(), *extra]

    def get_request_serializer(self) -> Any:
        return self.view.input_class() if self.method == "POST" else None

    def get_response_serializers(self) -> Any:
        body = self.view.page_class if self.part == "list" else self.view.detail_class
        return {self.successes[self.part]: body()}

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False

    def get_filter_backends(self) -> list[Any]:
        return list(super().get_filter_backends()) if self.part == "list" else []


def share_refusals(result: dict[str, Any], **_given: Any) -> dict[str, Any]:
    """Write each refusal once, under components/responses, where the operations refer to it."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    result["components"]["responses"] = {
        f"Problem{status}": {"description": words, "content": content} for status, words in REFUSALS.items()
    }
    return result
