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

  // Corrections are saved as TMX, which `tolmach memory add` takes; the page itself stays as it was written.
  const correct = document.getElementById("correct");
  const save = document.getElementById("save");
  const sentences = [...text.querySelectorAll(".translated .s[data-bead]")];
  const words = (element) => {
    const copy = element.cloneNode(true);
    for (const end of copy.querySelectorAll("br")) end.replaceWith(" ");
    return copy.textContent.replace(/\s+/g, " ").trim();
  };
  const written = new Map(sentences.map((each) => [each, words(each)]));
  const changed = () => [...new Set(sentences.filter((each) => words(each) !== written.get(each)).map((each) => each.dataset.bead))];
  let saved = "";

  const tmx = (beads) => {
    const made = document.implementation.createDocument(null, "tmx");
    const add = (parent, name, values, content = "") => {
      const element = parent.appendChild(made.createElement(name));
      for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
      element.textContent = content;
      return element;
    };
    const languages = ["original", "translated"].map((side) => text.querySelector(`.${side}`).lang);
    made.documentElement.setAttribute("version", "1.4");
    add(made.documentElement, "header", {
      creationtool: "tolmach", creationtoolversion: "1", segtype: "sentence", "o-tmf": "tolmach",
      adminlang: "en", srclang: languages[0], datatype: "plaintext",
    });
    const body = add(made.documentElement, "body", {});
    for (const bead of beads) {
      const unit = add(body, "tu", {});
      [".original", ".translated"].forEach((side, at) => {
        const own = (answers.get(bead) || []).filter((each) => each.matches(`${side} .s`));
        const joined = own.map(words).join(languages[at].startsWith("zh") ? "" : " ");
        add(add(unit, "tuv", { "xml:lang": languages[at] }), "seg", {}, joined);
      });
    }
    return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(made)}\n`;
  };

  if (sentences.length) correct.parentElement.hidden = false;
  correct.addEventListener("click", () => {
    const on = correct.getAttribute("aria-pressed") === "false";
    correct.setAttribute("aria-pressed", on);
    for (const each of sentences) {
      if (on) each.setAttribute("contenteditable", "plaintext-only");
      else each.removeAttribute("contenteditable");
    }
  });
  text.addEventListener("input", () => {
    save.disabled = changed().length === 0;
  });
  save.addEventListener("click", () => {
    saved = tmx(changed());
    const address = URL.createObjectURL(new Blob([saved]));
    Object.assign(document.createElement("a"), { href: address, download: "corrections.tmx" }).click();
    URL.revokeObjectURL(address);
  });
  addEventListener("beforeunload", (event) => {
    const open = changed();
    if (open.length && tmx(open) !== saved) event.preventDefault();
  });
})();
