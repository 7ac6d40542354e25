"""Hubs: the places that records belong to."""
