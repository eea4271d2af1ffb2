from addons.api import Text

params = [Text("owner", "Owner")]
