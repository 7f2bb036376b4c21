"""Finders: pure functions `find(reading, case) -> list[Fact]`, one file a topic. None opens a file or knows a payer."""
