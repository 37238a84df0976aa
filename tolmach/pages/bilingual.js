"use strict";
(() => {
  const text = document.querySelector(".both");
  const answers = new Map();
  for (const each of text.querySelectorAll("[data-bead]")) {
    answers.set(each.dataset.bead, [...(answers.get(each.dataset.bead) || []), each]);
  }

  // Sentences that answer each other light up together; after a touch they stay lit until the next one.
  let lit = [];
  const light = (element) => {
    const next = answers.get(element?.closest("[data-bead]")?.dataset.bead) || [];
    if (next === lit) return;
    for (const each of lit) each.classList.remove("lit");
    for (const each of next) each.classList.add("lit");
    lit = next;
  };
  text.addEventListener("pointerover", (event) => light(event.target));
  text.addEventListener("focusin", (event) => light(event.target));
  text.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && light(null));
})();
