"""Data types: the schemas that organizations define for their records."""
