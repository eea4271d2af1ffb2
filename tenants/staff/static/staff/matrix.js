// Who may change or delete a record sees it, too: the ticks of a row say so as they are set.
"use strict";

document.addEventListener("change", (event) => {
  const tick = event.target;
  if (!tick.matches("[data-matrix] input[type=checkbox]")) return;
  const of = (action) => tick.closest("tr").querySelector(`input[data-action=${action}]`);
  if (tick.checked && (tick.dataset.action === "change" || tick.dataset.action === "delete")) {
    const view = of("view");
    if (view) view.checked = true;
  }
  if (!tick.checked && tick.dataset.action === "view") {
    for (const other of [of("change"), of("delete")]) if (other) other.checked = false;
  }
});
