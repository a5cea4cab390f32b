"""An emulator of SmarterTrack's nine ASMX web services."""

__version__ = "0.1.0"
