"""The store: tables, the engine, and the few places where the two dialects differ."""
