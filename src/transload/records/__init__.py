"""Records: the rows of data types."""
