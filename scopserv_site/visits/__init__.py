"""The pages on which people go from console to console."""
