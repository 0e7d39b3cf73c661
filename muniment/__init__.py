"""The core of Muniment: what a court would question, in plain Python without a framework."""
