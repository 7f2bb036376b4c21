"""Files of unknown origin are read here, in a process with bounds and without network.

What comes back is text, boxes and pixels, never an object that the reading process made executable.
"""
