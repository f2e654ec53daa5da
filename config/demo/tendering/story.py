"""The stages of a tender's walk in their order; a walk may stop after any of them."""

from collections.abc import Callable
from dataclasses import dataclass

from config.demo.tendering import bidding, clarifying, opening, preparing
from config.demo.tendering.preparing import Purchase
from config.demo.walk import Walk

Stage = Callable[[Walk], None]


@dataclass(frozen=True)
class TenderStory:
    """What is tendered, from the project to the signed opening record."""

    purchase: Purchase

    def stages(self) -> dict[str, tuple[Stage, ...]]:
        """Return the steps by the name of the stage that they complete."""
        return {
            "registered": (lambda walk: preparing.register(walk, self.purchase),),
            "custodians": (preparing.appoint,),
            "announced": (
                lambda walk: preparing.state(walk, self.purchase),
                lambda walk: preparing.weigh(walk, self.purchase),
                lambda walk: preparing.announce(walk, self.purchase),
            ),
            "clarified": (clarifying.take, clarifying.ask_and_answer),
            "bids": (lambda walk: bidding.submit_all(walk, self.purchase),),
            "closed": (
                lambda walk: bidding.pass_to_deadline(walk, self.purchase),
                opening.wait_for_the_beginning,
            ),
            "read_out": (opening.release, opening.read_out),
            "signed": (opening.sign,),
            "proven": (opening.prove,),
        }

    def tell(self, walk: Walk, until: str = "proven") -> Walk:
        """Take the tender to the end of the stage `until`. Raises client.Unexpected."""
        for name, steps in self.stages().items():
            for step in steps:
                step(walk)
            if name == until:
                return walk
        raise ValueError(until)
