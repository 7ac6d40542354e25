"""Background jobs: queued in the caller's transaction, run anywhere, resumed after a crash."""
