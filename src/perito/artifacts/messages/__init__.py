"""Messages that a person handed over without a phone."""
