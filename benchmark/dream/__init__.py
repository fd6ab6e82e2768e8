"""Files of the ENCODE-DREAM challenge: scored as it did, ranked as it did, and written."""
