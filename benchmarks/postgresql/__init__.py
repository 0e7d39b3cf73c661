"""PostgreSQL with a million messages: filled by COPY, asked as the product asks."""
