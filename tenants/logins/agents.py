"""What a browser calls itself, in words for people."""

BROWSERS = [("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox")]
BROWSERS += [("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl/", "curl")]
SYSTEMS = [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS")]
SYSTEMS += [("Mac OS X", "macOS"), ("Linux", "Linux")]


def device(agent: str) -> str:
    """Such as "Firefox on Windows"; the first mark that is found counts, as browsers name the others, too."""
    browser, system = (next((name for mark, name in marks if mark in agent), "") for marks in (BROWSERS, SYSTEMS))
    return f"{browser or 'A browser'} on {system}" if system else browser or "An unknown device"
