"""How a reader wants to see the pages: normal or large text (适老化), normal or high contrast. Kept in a cookie."""

from typing import NamedTuple

from django.http import HttpRequest

COOKIE = "display"
YEAR = 365 * 24 * 3600


class Display(NamedTuple):
    """The reader's choice; both are off unless asked for."""

    large_text: bool = False
    high_contrast: bool = False

    @property
    def classes(self) -> str:
        chosen = {"has-large-text": self.large_text, "has-high-contrast": self.high_contrast}
        return " ".join(name for name, on in chosen.items() if on)

    @property
    def cookie(self) -> str:
        return f"{int(self.large_text)}{int(self.high_contrast)}"


def of(request: HttpRequest) -> Display:
    """Return the choice that the reader's cookie holds; anything unexpected is no choice."""
    text = request.COOKIES.get(COOKIE, "")
    if len(text) != 2 or set(text) - {"0", "1"}:
        return Display()
    return Display(text[0] == "1", text[1] == "1")


def changed(current: Display, posted: dict[str, str]) -> Display:
    """Return the choice after one of the switches was pressed."""
    large, high = posted.get("text"), posted.get("contrast")
    return Display(
        current.large_text if large is None else large == "large",
        current.high_contrast if high is None else high == "high",
    )
