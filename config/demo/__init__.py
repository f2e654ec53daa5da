"""The demonstration: a county that does not exist, its people and rules, real notices, and comparisons in rehearsal."""
