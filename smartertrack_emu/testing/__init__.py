"""A server for the tests of those who write clients, and what a test does to it.

`Emulator` is for any framework; `smartertrack_emu.pytest_plugin` makes pytest's fixtures of it. It speaks the control
API over HTTP, to a server of its own as to one that runs already.
"""

from .control import EmulatorError
from .emulator import Emulator
from .faults import SetFault
from .journal import Call, Journal
from .time import SetClock

__all__ = ["Call", "Emulator", "EmulatorError", "Journal", "SetClock", "SetFault"]
