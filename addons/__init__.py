"""Drop-in addons: declarations in folders, the admin made from them, and the API of their commit functions."""
