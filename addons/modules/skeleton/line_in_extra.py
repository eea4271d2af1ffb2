"""Fields on the form of every incoming line."""

from addons.api import Text

params = [Text("department", "Department", maximum=40, help="Kept in the AstDB, for dialplan that asks whose line it is.")]
