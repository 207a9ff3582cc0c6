"""The command line: arguments in, lines and JSON out. Contains no business logic; that is `Library`'s."""

import gc

# What is loaded at the start stays to the end, so looking for garbage in it only makes people wait: a search makes some
# 100,000 objects before it answers, and one look at half of them takes a tenth of its time.
gc.set_threshold(500_000)

EXIT_INTERRUPTED = 130
"""Exit code after Ctrl-C, also while the command line is still being loaded."""
