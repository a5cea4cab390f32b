"""The workbench under /_emu."""
