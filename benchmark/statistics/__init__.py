"""What can be said of differences: paired tests, intervals over seeds and examples, tie groups."""
