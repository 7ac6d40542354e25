"""Files of any kind to rows of text, read by a guarded process; knows no domain."""
