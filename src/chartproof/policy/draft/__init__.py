"""A payer's policy document in, a draft of its criteria out: every line is in the draft or listed as not understood.

Knows no patient and reads no file: pages come from the caller. Nothing here decides; a person reviews the draft.
"""
