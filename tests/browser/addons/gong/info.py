from addons.api import Info

info = Info(name="Gong", description="A number that strikes a gong.", version="1.0", scope="tenant")
