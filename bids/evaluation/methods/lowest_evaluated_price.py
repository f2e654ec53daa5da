"""Lowest evaluated price (最低评标价法): of bids that meet all requirements, the lowest price after deductions wins.

Source: 87号令 54, 56. Nothing but policy deductions adjusts the price; the contract is at the price that was bid.
"""

from bids.evaluation.methods.method import Method, scores_no_price

METHOD = Method(
    code="lowest_evaluated_price",
    en="Lowest evaluated price",
    zh="最低评标价法",
    basis="政府采购货物和服务招标投标管理办法(财政部令第87号) 54、56",
    first="evaluated_price",
    score_prices=scores_no_price,
    brand="before the evaluation",
)
