"""Lines of therapy: events of every document, merged into courses, and the facts that follow from them."""
