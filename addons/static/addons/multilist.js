"use strict";
// Rows of a Multi List: add, remove, order by buttons or by dragging. The order of the rows in the page is what is posted.
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-multilist]").forEach(start));

function start(list) {
  const body = list.querySelector("tbody");
  const blank = list.querySelector("template");
  const maximum = Number(list.dataset.maximum);
  let next = body.rows.length;
  let dragged = null;

  const show = () => {
    list.classList.toggle("is-empty", body.rows.length === 0);
    list.querySelector("[data-add]").disabled = body.rows.length >= maximum;
  };
  const changed = () => {
    show();
    body.dispatchEvent(new Event("change", { bubbles: true }));
  };

  list.querySelector("[data-add]").addEventListener("click", () => {
    const holder = document.createElement("tbody");
    holder.innerHTML = blank.innerHTML.replaceAll("__row__", String(next++));
    const row = body.appendChild(holder.querySelector("tr"));
    changed();
    row.querySelector("td:not(.multilist-order) input, td select")?.focus();
  });

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-up], [data-down], [data-remove]");
    if (!button) return;
    const row = button.closest("tr");
    if ("remove" in button.dataset) {
      const neighbour = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      (neighbour?.querySelector("[data-remove]") ?? list.querySelector("[data-add]")).focus();
    } else if ("up" in button.dataset) {
      row.previousElementSibling?.before(row);
      button.focus();
    } else {
      row.nextElementSibling?.after(row);
      button.focus();
    }
    changed();
  });

  // Only the handle drags, so that text in the inputs can still be selected with the mouse.
  body.addEventListener("mousedown", (event) => {
    const row = event.target.closest("tr");
    if (row) row.draggable = Boolean(event.target.closest("[data-handle]"));
  });
  body.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("tr");
    dragged.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
  });
  body.addEventListener("dragover", (event) => {
    const over = event.target.closest("tr");
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    const middle = over.getBoundingClientRect();
    over[event.clientY < middle.top + middle.height / 2 ? "before" : "after"](dragged);
  });
  body.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    changed();
  });
  show();
}
