"""Dialects in JSON over HTTP beside the nine services, each a folder. What they have in common stands here.

Only `entrance` and `catalogue` are imported when the server starts; a dialect follows with its first call.
"""
