"""The state of the whole: reset to a first start, snapshots of data and files, and what carries them elsewhere."""
