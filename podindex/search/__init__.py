"""Finds where something was said: queries, the word stream, ranking; the only place that knows Whoosh."""
