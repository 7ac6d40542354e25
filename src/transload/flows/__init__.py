"""Flows: the schemas of tasks."""
