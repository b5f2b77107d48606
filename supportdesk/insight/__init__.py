"""Reads tickets and concludes something: which answers hide a bug, and the words that say so; pure."""
