"""Mail as received: parse it without ever failing, and say what was wrong with it as values."""
