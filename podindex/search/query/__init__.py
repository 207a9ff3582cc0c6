"""From what was typed to a plan: a tree of words, then of entries of the lexicon. Pure."""
