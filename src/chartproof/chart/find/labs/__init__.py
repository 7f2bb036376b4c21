"""Laboratory results: tables, prose, series and forms, and the panels that they make."""
