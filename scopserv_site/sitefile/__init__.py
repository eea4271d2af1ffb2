"""The site in one YAML file: `apply` brings the site to what it says, `export` writes what the site is."""
