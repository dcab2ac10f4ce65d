"""Our own conditions, one a file, each with its four sentences."""
