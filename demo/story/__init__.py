"""The story, by theme. Each module has LETTERS, in the order in which they were sent."""
