"""Imports step by step: what a person decides is kept at once, and can be taken back."""
