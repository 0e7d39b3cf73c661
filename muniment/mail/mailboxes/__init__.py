"""Mail kept in files: EML, mbox, Maildir, MH, folders, ZIP and tar of them. `reader.read_mail` is the door."""
