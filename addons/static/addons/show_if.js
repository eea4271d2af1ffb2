"use strict";
// Params that are there only while another one has a certain value. What is hidden counts as empty, here as on the server.
(() => {
  const isHidden = (input) => Boolean(input.closest("[data-show-if][hidden]"));

  const valuesOf = (name, asTick) => {
    const inputs = [...document.getElementsByName(name)].filter((input) => !isHidden(input));
    if (asTick) return [inputs.some((input) => input.checked)];
    return inputs.filter((input) => !["checkbox", "radio"].includes(input.type) || input.checked).map((input) => input.value);
  };

  const update = () => {
    // In the order of the page: a param is decided by one that stands before it.
    document.querySelectorAll("[data-show-if]").forEach((place) => {
      const wanted = JSON.parse(place.dataset.showValues);
      place.hidden = !valuesOf(place.dataset.showIf, typeof wanted[0] === "boolean").some((value) => wanted.includes(value));
    });
    document.querySelectorAll(".param-group").forEach((heading) => {
      let row = heading.nextElementSibling;
      while (row && row.hidden) row = row.nextElementSibling;
      heading.hidden = !row || row.classList.contains("param-group");
    });
  };

  document.addEventListener("change", update);
  document.addEventListener("DOMContentLoaded", update);
})();
