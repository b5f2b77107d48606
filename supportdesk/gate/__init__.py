"""What may leave the building: text is normalised, redacted, made inert and fenced, in that order, before it is sent.

Pure functions over text. The desk runs them in a process of its own with a time limit, and every pattern is bounded.
"""
