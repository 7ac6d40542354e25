"""The wire: envelopes, parameters, errors, middleware. Knows no domain."""
