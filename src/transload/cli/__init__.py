"""The command line: commands to functions. The only place that prints."""
