"use strict";
// Beside an input that names a record stands what that record is called: "101" is Alice Lee.
(() => {
  const labels = new Map();
  const labelsOf = (list) => {
    if (!labels.has(list)) labels.set(list, new Map([...(document.getElementById(list)?.options ?? [])].map((one) => [one.value, one.text])));
    return labels.get(list);
  };
  const show = (input) => {
    input.closest(".reference").querySelector(".reference-label").textContent = labelsOf(input.getAttribute("list")).get(input.value.trim()) ?? "";
  };
  const showIn = (element) => element.querySelectorAll(".reference input").forEach(show);

  document.addEventListener("input", (event) => event.target.closest(".reference") && show(event.target));
  document.addEventListener("reference:added", (event) => showIn(event.target));
  document.addEventListener("DOMContentLoaded", () => showIn(document));
})();
