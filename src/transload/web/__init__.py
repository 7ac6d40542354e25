"""What all HTTP routes share: answers, parameters, errors, middleware. Knows no domain."""
