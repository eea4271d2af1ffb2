"""What a page may load and run (Content-Security-Policy): its own files, and no script or style that is written into it."""

from csp.constants import NONE, SELF, UNSAFE_EVAL

CONSOLE = {
    "default-src": [NONE],
    "script-src": [SELF, UNSAFE_EVAL],  # the theme's Alpine evaluates what stands in its x- attributes
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "media-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],  # counts for redirects after a form, too: the way to another host is a page that goes there
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "object-src": [NONE],
}
