"""Fidelity: what a real installation answers, beside what the emulator answers.

A proxy stands between a client and an installation, records what passes and compares it. A replay sends recordings to a
server again and compares what it answers now.
"""
