"""The floor: what is traded, by whom, under which rules, and the mechanisms all stages share."""
