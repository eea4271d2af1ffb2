"""Which PostgreSQL the console uses: the one that DATABASE_URL names, else an embedded one that starts when needed."""
