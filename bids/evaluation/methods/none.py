"""No price method: the scores alone make the total, as where the owner decides later (评定分离) or prices are fixed."""

from bids.evaluation.methods.method import Method, scores_no_price

METHOD = Method(
    code="none",
    en="Scores only",
    zh="仅评分",
    basis="招标投标法 40；招标文件载明的评标办法",
    first="total",
    score_prices=scores_no_price,
    needs_prices=False,
)
