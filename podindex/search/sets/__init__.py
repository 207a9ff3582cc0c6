"""Arithmetic with places, on whole arrays of them: sets of numbers, sets of intervals, windows around several. Pure."""
