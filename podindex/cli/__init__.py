"""The command line: arguments in, lines and JSON out. Contains no business logic; that is `Library`'s."""
