"""The workbench under /_emu: what was called and why it failed, and what a developer does to the emulator.

Its pages are made of calls of the control API, each of which stands as curl beside its button.
"""
