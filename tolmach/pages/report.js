"use strict";
(() => {
  const cards = [...document.querySelectorAll(".card")];
  const form = document.querySelector(".filters");
  const fold = (text) => text.normalize("NFKC").toLowerCase().replaceAll("ё", "е").replace(/\s+/g, " ").trim();

  // Quotes in the running text and their cards light up together.
  const light = (number, on) => {
    for (const link of document.querySelectorAll(`.q[data-group="${number}"]`)) link.classList.toggle("lit", on);
  };
  for (const link of document.querySelectorAll(".q[data-group]")) {
    for (const [name, on] of [["mouseenter", true], ["mouseleave", false], ["focus", true], ["blur", false]]) {
      link.addEventListener(name, () => light(link.dataset.group, on));
    }
  }

  // So do a finding and the words that it is about.
  for (const card of cards) {
    const evidence = [...card.querySelectorAll("mark[data-findings]")].map((mark) => [mark, mark.dataset.findings.split(" ")]);
    for (const finding of card.querySelectorAll("[data-finding]")) {
      const own = evidence.filter(([, numbers]) => numbers.includes(finding.dataset.finding)).map(([mark]) => mark);
      const set = (on) => [finding, ...own].forEach((each) => each.classList.toggle("lit", on));
      for (const each of [finding, ...own]) {
        each.addEventListener("mouseenter", () => set(true));
        each.addEventListener("mouseleave", () => set(false));
      }
    }
  }

  if (!form) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  const field = form.querySelector("input");
  const status = form.querySelector("output");
  const nothing = document.querySelector(".nothing");
  const words = new Map(cards.map((card) => [card, fold(card.querySelector(".who").textContent + " " + card.querySelector(".what").textContent)]));
  const lists = [...document.querySelectorAll(".cards")];
  const folded = document.querySelector(".unchanged");
  const empty = () => ({ verdict: "", speaker: "", q: "", order: "" });
  let state = empty();

  const fits = (card) =>
    (!state.verdict || card.dataset.verdict === state.verdict) &&
    (!state.speaker || card.dataset.speaker === state.speaker) &&
    fold(state.q).split(" ").every((word) => words.get(card).includes(word));

  const show = () => {
    let shown = 0;
    for (const card of cards) {
      card.hidden = !fits(card);
      shown += card.hidden ? 0 : 1;
    }
    for (const list of lists) {
      const own = cards.filter((card) => list.contains(card));
      if (state.order) own.sort((one, other) => one.dataset.number - other.dataset.number);
      list.append(...own);
    }
    // Somebody who looks for something looks for it among the unchanged, too.
    if (folded && (state.verdict || state.speaker || state.q)) folded.open = true;
    if (folded) folded.hidden = !folded.querySelector(".card:not([hidden])");
    for (const button of form.querySelectorAll("button")) {
      const [[name, value]] = Object.entries(button.dataset);
      button.setAttribute("aria-pressed", String(value === state[name]));
    }
    if (field.value !== state.q) field.value = state.q;
    nothing.hidden = shown > 0;
    status.textContent = shown === cards.length ? status.dataset.all : status.dataset.some.replace("{shown}", shown);
  };

  // The filters are in the address, so that a filtered view can be sent to somebody.
  const remember = () => {
    const kept = new URLSearchParams(Object.entries(state).filter(([, value]) => value)).toString();
    history.replaceState(null, "", kept ? `#${kept}` : location.pathname + location.search);
  };
  const change = (part) => {
    state = { ...state, ...part };
    show();
    remember();
  };
  const recall = () => {
    const hash = location.hash.slice(1);
    if (hash.includes("=")) {
      const given = new URLSearchParams(hash);
      state = Object.fromEntries(Object.keys(empty()).map((name) => [name, given.get(name) ?? ""]));
      show();
      document.getElementById("quotes").scrollIntoView();
      return;
    }
    const target = hash && document.getElementById(hash);
    if (target && target.classList.contains("card")) {
      if (target.hidden) {
        state = empty();
        show();
      }
      if (folded?.contains(target)) folded.open = true;
      target.scrollIntoView({ block: "start" });
      target.focus({ preventScroll: true });
    }
  };

  for (const button of form.querySelectorAll("button")) {
    button.addEventListener("click", () => change({ ...button.dataset }));
  }
  field.addEventListener("input", () => change({ q: field.value }));
  document.querySelector(".reset").addEventListener("click", () => change(empty()));
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.target.closest("input")) {
      event.preventDefault();
      field.focus();
    }
  });
  addEventListener("hashchange", recall);
  show();
  recall();
})();
