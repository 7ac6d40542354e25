"""The engine of JSON documents that have a schema: long reads in any order. Knows no domain."""
