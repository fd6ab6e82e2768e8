"""The verbs of this package: each module parses, calls and prints."""
