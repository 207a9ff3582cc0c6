"""Audio files in, sound and what they say of themselves out: the only place that knows av and pydub."""
