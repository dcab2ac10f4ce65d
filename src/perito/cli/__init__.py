"""A thin front: a command parses its words, calls once, and prints."""
