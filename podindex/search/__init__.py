"""Where something was said: from what was typed to a page of hits. docs/search.md says what each module is for."""
