"""How the story becomes files: messages, attachments, mailboxes."""
