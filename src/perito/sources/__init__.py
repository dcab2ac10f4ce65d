"""Containers of evidence, each opened as a read-only tree of named files: folders, archives, iOS backups.

Nothing here judges, and nothing here writes where evidence lies.
"""
