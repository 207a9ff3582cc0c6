"""The web player and its HTTP API. I/O: HTTP.

`server.py` runs it, `app.py` says what is where, `security.py` who may ask, `api.py` and `pages.py` answer. Handlers
are plain functions of a `Library` and a request; `threads.py` runs them, with a library of its own for each
kind of work.
"""
