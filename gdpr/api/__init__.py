"""The API's requests of data subjects: the register, each step, what is handed out; by the services of the pages."""
