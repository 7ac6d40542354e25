"""The web console: its built files, served beside the API that it is written against."""
