"""What stands between the pages and the network: headers, the content policy, health, and what errors may tell."""
