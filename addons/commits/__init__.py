"""What runs when something is saved: rules, upgrades, commit functions with their `pbx`, and what becomes of their output."""
