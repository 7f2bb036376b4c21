"""Files of unknown origin are read here, in a process with bounds and without network.

What comes back is text, boxes and pixels, never an object that the reading process made executable.
"""

from chartproof.desk.worker.apart import outcome, read_apart
from chartproof.desk.worker.bounds import Bounds
from chartproof.desk.worker.codec import decode_files, encode_files
from chartproof.desk.worker.keep import decode_chart, decode_review, encode_chart, encode_review
from chartproof.desk.worker.pictures import Pictures
from chartproof.desk.worker.process import standing_walls

__all__ = [
    "Bounds", "Pictures", "decode_chart", "decode_files", "decode_review", "encode_chart", "encode_files",
    "encode_review", "outcome", "read_apart", "standing_walls",
]  # fmt: skip
