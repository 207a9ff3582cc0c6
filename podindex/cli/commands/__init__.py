"""One module a command; `app.py` puts them together."""
