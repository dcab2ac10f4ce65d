"""Many acquisitions, or many dockets, at once: here or on a cluster, each exactly as by itself.

Each has its own place, its own errors and its own line; what is common to all is read once a process.
"""
