"""The methods (评标办法): a value plus a function in one file each. Adding one is a file and a line here."""

from collections.abc import Mapping
from types import MappingProxyType

from bids.evaluation.methods import (
    benchmark,
    comprehensive_scoring,
    lowest_evaluated_price,
    lowest_evaluated_tender,
    none,
)
from bids.evaluation.methods.method import Method

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        each.METHOD.code: each.METHOD
        for each in (comprehensive_scoring, lowest_evaluated_price, lowest_evaluated_tender, benchmark, none)
    }
)
