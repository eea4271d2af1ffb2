"""The console through people's eyes: a real browser, a real web server and, where something is to become live, a real Asterisk."""

DATABASE = "CONSOLE_TEST_DATABASE"  # names the database that the web server is to show
ADDONS = "CONSOLE_TEST_ADDONS"  # names another folder of addons than this one's
