"""What the plan's pharmacy decided, by its own paper or as recorded."""
