"""Which words count as the same, in transcripts and queries alike: forms, spellings, numbers, sounds. Pure."""
