"""The control API over HTTP: its calls, each declared once, and what is made of that: routes, OpenAPI, a page of it.

Only `entrance` and `emulator` are imported when the server starts; the rest follows with the first request.
"""
