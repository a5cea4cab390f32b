"""What a person or a test does to the emulator itself: see what was called, break it, move its clock, put it back."""
