"""A clinician's statement on organ function."""
