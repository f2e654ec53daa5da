"""The composition root: imports everything, is imported by nobody."""
