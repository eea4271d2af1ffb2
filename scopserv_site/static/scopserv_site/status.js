"use strict";
// Keeps the "live on pbx1 after 84 ms" in the header true: asks often while something waits, seldom otherwise.
(() => {
  const place = document.querySelector("[data-deploy-status]");
  if (!place) return;
  let wait = 120;

  const show = (status) => {
    place.replaceChildren(
      ...status.places.map((each) => {
        const span = document.createElement("span");
        span.className = `deploy-place ${each.live ? "is-live" : "is-waiting"}`;
        span.textContent = each.text;
        if (each.reason) span.title = each.reason;
        return span;
      })
    );
    place.dataset.live = status.live ? "yes" : "no";
  };
  const ask = async () => {
    try {
      const answer = await fetch(place.dataset.deployStatus, { headers: { Accept: "application/json" } });
      if (answer.ok && !answer.redirected) show(await answer.json());
    } catch {
      // The console itself is away; the next question may reach it.
    }
    wait = place.dataset.live === "yes" ? 20000 : Math.min(wait * 1.5, 3000);
    if (document.visibilityState === "visible") setTimeout(ask, wait);
  };
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && setTimeout(ask, 100));
  setTimeout(ask, place.dataset.live === "yes" ? 20000 : wait);
})();
