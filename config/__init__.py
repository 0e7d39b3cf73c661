"""The composition root: settings, addresses, queue, web entry."""
