"""Who speaks, in Chinese: words cut by the dictionary, names by surnames, titles and transcription characters."""
