from addons.api import Info

info = Info(name="Greeting", description="How callers are greeted.", version="1.0", scope="tenant")
