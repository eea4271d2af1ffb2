"""Fields on the form of every phone; `line_in_extra.py` and `line_out_extra.py` do the same for lines."""

from addons.api import Tab, Text

tabs = [Tab("place", "Place")]
params = [Text("floor", "Floor", tab="place", maximum=20, help="Kept in the AstDB, for dialplan that asks where a phone is.")]
