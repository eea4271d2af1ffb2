def commit(pbx):
    greeting = pbx.get_config()
    if greeting and greeting["words"]:
        pbx.add_to_database("greeting", "words", greeting["words"])
