"""The evaluation room (评标室): the committee convenes, examines, scores, sums and reports (招标投标法 37 to 42)."""
