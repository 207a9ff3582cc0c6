"""From a plan to hits and what they weigh, with bounds on the work that a query asks for. I/O: looks into the index."""
