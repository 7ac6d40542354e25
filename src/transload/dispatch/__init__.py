"""What is sent to others, attempt after attempt, by all processes together."""
