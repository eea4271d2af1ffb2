// htmx would write a style into the page, and evaluate attributes; the content policy forbids the one, and nothing here needs the other.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
