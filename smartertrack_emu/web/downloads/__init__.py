"""Files: attachments, recordings of calls, pictures of users."""
