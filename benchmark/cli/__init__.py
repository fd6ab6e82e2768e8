"""The verbs of this room: each module parses, calls and prints."""
