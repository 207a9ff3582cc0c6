"""The command line: arguments in, lines and JSON out. Contains no business logic; that is `Library`'s."""

import gc

# What is loaded at the start stays to the end, so looking for garbage in it again and again only makes people wait.
gc.set_threshold(50_000)

EXIT_INTERRUPTED = 130
"""Exit code after Ctrl-C, also while the command line is still being loaded."""
