"""Webhooks: other systems are told when something ends or is made."""
