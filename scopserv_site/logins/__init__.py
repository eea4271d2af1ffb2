"""Pages about logins: of oneself, and, for those who may, of others."""
