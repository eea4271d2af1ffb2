"use strict";
// Rows of a Multi List: add, remove, order by buttons or by dragging. The order of the rows in the page is what is posted.
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-multilist]").forEach(start));

function start(list) {
  const body = list.querySelector("tbody");
  const blank = list.querySelector("template");
  const maximum = Number(list.dataset.maximum);
  let next = Number(list.dataset.next); // numbers below were given: a row is known by its number
  let dragged = null;

  const show = () => {
    list.classList.toggle("is-empty", body.rows.length === 0);
    list.querySelectorAll("[data-add], [data-add-all]").forEach((button) => (button.disabled = body.rows.length >= maximum));
  };
  const changed = () => {
    show();
    body.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const first = (row) => row.querySelector("td:not(.multilist-order) :is(input, select)");
  const add = (value) => {
    const holder = document.createElement("tbody");
    holder.innerHTML = blank.innerHTML.replaceAll("__row__", String(next++));
    const row = body.appendChild(holder.querySelector("tr"));
    if (value !== undefined) first(row).value = value;
    row.dispatchEvent(new Event("reference:added", { bubbles: true }));
    return row;
  };
  const addOne = () => {
    if (body.rows.length >= maximum) return;
    first(add())?.focus();
    changed();
  };

  list.querySelector("[data-add]").addEventListener("click", addOne);
  list.querySelector("[data-add-all]")?.addEventListener("click", () => {
    const there = new Set([...body.rows].map((row) => first(row).value.trim()));
    const proposals = document.getElementById(first(blank.content).getAttribute("list")).options;
    const missing = [...proposals].map((one) => one.value).filter((value) => !there.has(value));
    missing.slice(0, maximum - body.rows.length).forEach(add);
    changed();
  });
  // Enter goes on to the next row, as in a spreadsheet; it must not save a form that is half typed.
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    const below = event.target.closest("tr").nextElementSibling;
    if (below) first(below).focus();
    else addOne();
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
