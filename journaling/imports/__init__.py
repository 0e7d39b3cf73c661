"""Import of mail from files: `service.import_mail` is the door."""
