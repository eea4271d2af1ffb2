"""Fields on the form of every outgoing line."""

from addons.api import Integer

params = [
    Integer("cost", "Cost per minute", minimum=0, maximum=10_000, help="In cents. Kept in the AstDB, for dialplan that asks the price.")
]
