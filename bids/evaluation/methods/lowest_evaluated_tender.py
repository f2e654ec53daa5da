"""Lowest evaluated tender (经评审的最低投标价法): the lowest price after the published adjustments wins.

Adjustments bring bids to one footing (delivery, payment, items left out); the report keeps each with its reason. A bid
below cost is rejected (招标投标法 41(2)), which the flags of low prices prepare.
Source: 评标委员会和评标方法暂行规定 29-33, not compared with the text yet.
"""

from bids.evaluation.methods.method import Method, scores_no_price

METHOD = Method(
    code="lowest_evaluated_tender",
    en="Lowest evaluated tender",
    zh="经评审的最低投标价法",
    basis="招标投标法 41；评标委员会和评标方法暂行规定 29-33",
    first="evaluated_price",
    score_prices=scores_no_price,
    adjusts=True,
)
