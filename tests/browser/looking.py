"""What can be seen of a page by a program: text too faint to read, and a body wider than its window."""

from playwright.sync_api import Page

NARROW = 400
READABLE = 4.5  # WCAG's contrast for text

_FAINT = """
(readable) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (color) => {
    if (!known.has(color)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = color;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      known.set(color, [r, g, b, a / 255]);
    }
    return known.get(color);
  };
  const over = (top, below, alpha) => below.map((value, index) => top[index] * alpha + value * (1 - alpha));
  const ground = (element) => {
    if (!element) return document.documentElement.classList.contains("dark") ? [0, 0, 0] : [255, 255, 255];
    const [r, g, b, a] = rgba(getComputedStyle(element).backgroundColor);
    return a === 1 ? [r, g, b] : over([r, g, b], ground(element.parentElement), a);
  };
  const light = (color) => {
    const [r, g, b] = color.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || element.closest("script, style, template, option, :disabled, .material-symbols-outlined")) continue;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    let opacity = 1;
    for (let each = element; each; each = each.parentElement) opacity *= Number(getComputedStyle(each).opacity);
    const [r, g, b, a] = rgba(getComputedStyle(element).color);
    const below = ground(element);
    const pair = [light(over([r, g, b], below, a * opacity)), light(below)].sort((x, y) => y - x);
    const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (contrast < readable) found.push(`${text.slice(0, 40)} (${contrast.toFixed(1)})`);
  }
  return [...new Set(found)];
}
"""


def show_all_tabs(page: Page) -> None:
    """Shows the tabs of a form below each other, so that one look takes them all in."""
    page.evaluate("document.querySelectorAll('.tab-wrapper').forEach((tab) => (tab.style.display = 'block'))")


def faint_texts(page: Page) -> list[str]:
    """Visible texts without enough contrast, in light and in dark."""
    found = []
    for mode in ("light", "dark"):
        page.evaluate("(dark) => document.documentElement.classList.toggle('dark', dark)", mode == "dark")
        found += [f"{page.url} is hard to read when {mode}: {text}" for text in page.evaluate(_FAINT, READABLE)]
    page.evaluate("document.documentElement.classList.remove('dark')")
    return found


def too_wide(page: Page) -> list[str]:
    """Whether the body of the page is wider than a narrow window."""
    before = page.viewport_size
    assert before is not None
    page.set_viewport_size({"width": NARROW, "height": before["height"]})
    width = page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
    page.set_viewport_size(before)
    return [f"{page.url} is {width} pixels wide in a window of {NARROW}"] if width > NARROW else []
