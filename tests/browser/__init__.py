"""The console through people's eyes: a real browser, a real web server and, where something is to become live, a real Asterisk."""

DATABASE = "CONSOLE_TEST_DATABASE"  # names the database that the web server is to show
PATHS = "CONSOLE_TEST_PATHS"  # set where tenants' consoles are to stand below paths, too
ADDONS = "CONSOLE_TEST_ADDONS"  # names another folder of addons than this one's
