"""The stages of the walk in their order; a walk may stop after any of them."""

from collections.abc import Callable
from dataclasses import dataclass

from config.demo.fixed_price import (
    ceremony,
    contracting,
    drawing,
    preparing,
    proving,
    qualifying,
    receipts,
    registering,
)
from config.demo.fixed_price.preparing import Works
from config.demo.walk import Walk

Stage = Callable[[Walk], None]
PROOFS: tuple[Stage, ...] = (proving.download, proving.verify, proving.recompute, receipts.check)


@dataclass(frozen=True)
class Story:
    """What is built, which enterprises the centre plays beside the three that register themselves, what is proven."""

    works: Works
    played: tuple[str, ...]
    proven: bool = True

    def stages(self) -> dict[str, tuple[Stage, ...]]:
        """Return the steps by the name of the stage that they complete."""
        return {
            "registered": (
                lambda walk: preparing.register_project(walk, self.works),
                lambda walk: preparing.register_lot(walk, self.works),
            ),
            "announced": (lambda walk: preparing.announce(walk, self.works), preparing.open_registration),
            "registering": (
                registering.register_enterprises,
                lambda walk: registering.import_registrants(walk, self.played),
            ),
            "qualified": (registering.close_registration, qualifying.qualify),
            "list": (qualifying.publish_list, qualifying.object_and_answer),
            "session": (drawing.book, drawing.open_session),
            "drawn": (
                drawing.begin,
                ceremony.contribute,
                ceremony.commit,
                ceremony.reveal,
                ceremony.roll,
                ceremony.take_result,
                drawing.close_session,
            ),
            "verified": PROOFS if self.proven else (),
            "publicity": (contracting.publicise,),
            "contract": (contracting.send_notice, contracting.sign_contract),
            "tracking": (contracting.track, contracting.report_first),
            "closed": (contracting.finish,),
        }

    def tell(self, walk: Walk, until: str = "closed") -> Walk:
        """Take the comparison to the end of the stage `until`. Raises client.Unexpected."""
        for name, steps in self.stages().items():
            for step in steps:
                step(walk)
            if name == until:
                return walk
        raise ValueError(until)
