"""The copy that an access gives: a ZIP with its index page, one EML for each message, and what is withheld."""
