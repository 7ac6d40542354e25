"""How the service is: what waits, who works, what is not ready."""
