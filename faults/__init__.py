"""The service while everything around it fails: killed, frozen, without database, store or room."""
