"""What every package stands on and nothing of it is about texts: errors, whole files, progress, fetching, chat."""
