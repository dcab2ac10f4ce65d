"""Readers of containers that many artifacts share: databases, property lists, text. They know no artifact."""
