"""How people prove who they are: passwords, second factor, lock-out, and the sessions that they hold."""
