"""Procedure kinds: one frozen value and its pure rules per file."""
