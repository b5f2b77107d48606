"""Shifts, pure: wall clocks and the hours between them, whose week it is, and who was on."""
