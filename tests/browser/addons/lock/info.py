from addons.api import Info

info = Info(name="Door lock", description="Who may open the door.", version="1.0", scope="tenant")
