"""Types that have records: changed, deleted, and the documents that follow."""
