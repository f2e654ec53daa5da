"""How records are named in addresses: letters, digits, hyphen, dot and underscore, at most 64."""

from django.urls import register_converter


class Name:
    """A record's code or number; anything longer or stranger is no address of ours."""

    regex = r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: object) -> str:
        return str(value)


def register() -> None:
    """Let routes say `<name:name>`."""
    register_converter(Name, "name")
