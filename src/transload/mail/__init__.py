"""Letters to users: an outbox, and a postman who hands them to a mail server."""
