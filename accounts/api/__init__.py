"""The API: what all its parts share (door, problems, shapes, requests done once), and the acts of `accounts`."""
