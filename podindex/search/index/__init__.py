"""What is kept under index/search/: segments of episodes, a lexicon, a manifest; made, merged, looked into. I/O: these files."""
