def commit(pbx):
    for gong in pbx.get_config():
        if gong["metal"] == "tin":
            raise ValueError("nobody hears a gong of tin")
        pbx.add_to_dialplan(gong["tenant"], "internal", gong["number"], 1, ["Answer"])
