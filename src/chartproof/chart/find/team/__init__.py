"""What the multidisciplinary body decided."""
