"""Performance status on any of four scales."""
