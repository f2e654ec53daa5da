"""Dated rules: limits with number, unit, article and validity; working days; the engine that applies them."""
