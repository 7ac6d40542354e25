"""Where the files of a schedule go: buckets, SFTP folders, mailboxes and webhooks."""
