"""The draw before: which one a new draw follows (`prev`), so that no draw of the same works stands alone."""

from typing import Any

from trading.lot import Lot


def fixed_draw(lot: Lot | None, purpose: str) -> Any:
    """Return the newest draw with a commit record of the lot, or else of the lots it takes the place of, or None.

    Source: ggzy-draw/1, 2 rows 3 and 4.
    """
    if lot is None:
        return None
    own = lot.draws.filter(purpose=purpose).exclude(commit_hash="").order_by("seq").last()
    return own or fixed_draw(lot.retender_of, purpose)
