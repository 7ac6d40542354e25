"""Records: the rows of a data source."""
