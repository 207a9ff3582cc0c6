"""One module a command; each registers itself on the application it is given."""
