"""Sealed bids (`ptseal/1`): pure functions over age files, shares, envelopes and read-outs (docs/sealing.md)."""
