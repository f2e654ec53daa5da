"""How bids are evaluated (评标): one document in, every figure and the ranking out. Pure and exact.

`reading.read` takes the document strictly, `engine.evaluate` computes with fractions, `output.as_json` prints. Nothing
is rounded but where the document says so. The format and the source of each rule are in docs/evaluation.md.
"""
