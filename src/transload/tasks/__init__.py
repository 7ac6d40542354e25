"""Tasks: documents whose schema is a flow."""
