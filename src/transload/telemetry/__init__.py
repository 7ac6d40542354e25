"""What the process tells of itself: lines of the log, metrics, traces."""
