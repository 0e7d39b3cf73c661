"""Text of attachments: drawn in resource-limited processes, with the reason where there is none."""
