"""What is kept under index/search/: segments of episodes, a lexicon, a manifest. I/O: these files."""
