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

  // So do sentences of a row; arrows lead from sentence to sentence, so that Tab need not stop at each.
  const text = document.querySelector("table.text");
  const sentences = [...text.querySelectorAll(".s")];
  let lit = [];
  const lightRow = (element) => {
    for (const each of lit) each.classList.remove("lit");
    lit = [...(element?.closest(".s")?.closest("tr").querySelectorAll(".s") ?? [])];
    for (const each of lit) each.classList.add("lit");
  };
  const sentenceBy = (from, key) => {
    if (key === "ArrowUp" || key === "ArrowDown") {
      const column = sentences.filter((each) => each.closest("td").cellIndex === from.closest("td").cellIndex);
      return column[column.indexOf(from) + (key === "ArrowDown" ? 1 : -1)];
    }
    const cells = [...from.closest("tr").querySelectorAll("td")];
    const next = cells.indexOf(from.closest("td")) + (key === "ArrowRight" ? 1 : -1);
    return cells[next]?.querySelector(".s");
  };
  for (const each of sentences) each.tabIndex = each === sentences[0] ? 0 : -1;
  text.addEventListener("pointerover", (event) => lightRow(event.target));
  text.addEventListener("pointerleave", () => lightRow(null));
  text.addEventListener("focusin", (event) => lightRow(event.target));
  text.addEventListener("focusout", () => lightRow(null));
  text.addEventListener("keydown", (event) => {
    const from = event.target;
    if (!from.matches(".s") || !["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    const next = sentenceBy(from, event.key);
    if (!next) return;
    from.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

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
  const search = document.getElementById("find");
  const speaker = document.getElementById("speaker");
  const status = form.querySelector("output");
  const nothing = document.querySelector(".nothing");
  const lists = [...document.querySelectorAll(".cards")];
  const folded = document.querySelector(".unchanged");
  const words = new Map(cards.map((card) => [card, fold(card.querySelector(".who").textContent + " " + card.querySelector(".what").textContent)]));
  const empty = () => ({ verdict: "", speaker: "", q: "", order: "" });
  let state = empty();

  const fits = (card) =>
    (!state.verdict || card.dataset.verdict === state.verdict) &&
    fold(card.dataset.speaker).includes(fold(state.speaker)) &&
    fold(state.q).split(" ").every((word) => words.get(card).includes(word));

  let order = "";
  const arrange = () => {
    order = state.order;
    const ordered = order ? cards.toSorted((one, other) => one.dataset.number - other.dataset.number) : cards;
    for (const list of lists) list.append(...ordered.filter((card) => list.contains(card)));
  };
  const show = () => {
    let shown = 0;
    for (const card of cards) {
      card.hidden = !fits(card);
      shown += card.hidden ? 0 : 1;
    }
    if (state.order !== order) arrange();
    // Somebody who looks for something looks for it among the unchanged, too.
    if (folded && (state.verdict || state.speaker || state.q)) folded.open = true;
    if (folded) folded.hidden = !folded.querySelector(".card:not([hidden])");
    for (const button of form.querySelectorAll("button[aria-pressed]")) {
      const [[name, value]] = Object.entries(button.dataset);
      button.setAttribute("aria-pressed", String(value === state[name]));
    }
    if (search.value !== state.q) search.value = state.q;
    if (speaker.value !== state.speaker) speaker.value = state.speaker;
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
  const go = (card) => {
    if (folded?.contains(card)) folded.open = true;
    card.scrollIntoView({ block: "start" });
    card.focus({ preventScroll: true });
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
      go(target);
    }
  };

  for (const button of form.querySelectorAll("button[aria-pressed]")) {
    button.addEventListener("click", () => change({ ...button.dataset }));
  }
  search.addEventListener("input", () => change({ q: search.value }));
  speaker.addEventListener("input", () => change({ speaker: speaker.value }));
  document.querySelector(".reset").addEventListener("click", () => change(empty()));

  // What a reader notes is kept by the browser for this result, and goes into every export.
  const data = JSON.parse(document.getElementById("tolmach-result").textContent);
  const kept = (name, value) => {
    try {
      if (value !== undefined) localStorage.setItem(name, value);
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const place = ["tolmach", data.created, ...data.versions.map((version) => version.meta.sha256)].join(" ");
  const reviews = { ...data.reviews, ...JSON.parse(kept(place) ?? "{}") };
  const groups = new Map(data.quotes.groups.map((group) => [group.id, group]));
  const names = data.versions.map((version, at) => cards[0].querySelectorAll(".language")[at].textContent);

  const say = (output, text) => {
    output.textContent = "";
    requestAnimationFrame(() => (output.textContent = text));
  };
  const copy = async (text, output) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = Object.assign(document.createElement("textarea"), { value: text });
      output.after(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    say(output, output.dataset.copied);
  };
  const lines = (card) =>
    [...card.querySelectorAll(".wording")].map((wording, at) => {
      const said = wording.querySelector("blockquote") ?? wording.querySelector(".none");
      return `${names[at]}: ${said.textContent.replace(/\s+/g, " ").trim()}`;
    });
  const wordings = (card) => [card.dataset.speaker, ...lines(card)].filter(Boolean).join("\n");
  const citation = (card) => {
    const sources = data.versions.map((version, at) => {
      const { author, outlet, date, source, sha256 } = version.meta;
      const facts = [author, version.title, outlet, date, source, sha256 && `SHA-256 ${sha256}`];
      return `${lines(card)[at]}\n  ${facts.filter(Boolean).join(". ")}`;
    });
    const run = `Tolmach ${data.signature.tolmach ?? ""}, ${data.created}`;
    return [card.dataset.speaker, ...sources, run].filter(Boolean).join("\n");
  };

  const mark = (card) => {
    const { status = "", note = "" } = reviews[card.dataset.id] ?? {};
    for (const each of [card, document.querySelector(`.change[data-id="${CSS.escape(card.dataset.id)}"]`)]) {
      if (each) each.dataset.status = status;
    }
    for (const button of card.querySelectorAll("[data-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.set === status));
    }
    const field = card.querySelector(".note input");
    if (field.value !== note) field.value = note;
  };
  const review = (card, part) => {
    reviews[card.dataset.id] = { status: "", note: "", ...reviews[card.dataset.id], ...part };
    kept(place, JSON.stringify(reviews));
    mark(card);
  };
  for (const card of cards) {
    card.querySelector(".what").append(document.getElementById("card-tools").content.cloneNode(true));
    const output = card.querySelector("output");
    card.querySelector("[data-copy]").addEventListener("click", () => copy(wordings(card), output));
    card.querySelector("[data-cite]").addEventListener("click", () => copy(citation(card), output));
    for (const button of card.querySelectorAll("[data-set]")) {
      const pressed = () => button.getAttribute("aria-pressed") === "true";
      button.addEventListener("click", () => review(card, { status: pressed() ? "" : button.dataset.set }));
    }
    const field = card.querySelector(".note input");
    field.addEventListener("input", () => review(card, { note: field.value }));
    mark(card);
  }

  // A spreadsheet would run a text that begins like a formula.
  const cell = (value) => {
    const text = String(value ?? "").replace(/^[=+\-@\t\r\n＝＋－＠]/, "'$&");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const table = () => {
    const head = ["group", "speaker", "verdict", "first_version", "second_version", "first_text", "second_text", "findings", "status", "note"];
    const rows = [...groups.values()].flatMap((group) =>
      group.pairs.map((pair) => {
        const { status, note } = reviews[group.id] ?? {};
        const texts = pair.versions.map((at) => group.members[at]?.parts.join(" … "));
        const findings = pair.findings.map((finding) => `${finding.kind}:${finding.severity}:${finding.message}`);
        return [group.id, group.speaker_name, pair.verdict, ...pair.versions.map((at) => names[at]), ...texts, findings.join(" | "), status, note];
      }));
    return "\ufeff" + [head, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
  };
  const makers = { csv: table, json: () => JSON.stringify({ ...data, reviews }, null, 1) + "\n" };
  for (const button of document.querySelectorAll("[data-export]")) {
    button.addEventListener("click", () => {
      const form = button.dataset.export;
      const address = URL.createObjectURL(new Blob([makers[form]()]));
      Object.assign(document.createElement("a"), { href: address, download: `quotes.${form}` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10000);
    });
  }

  // Keys of one letter get in the way of speech input, so they can be turned off.
  const keys = document.getElementById("keys");
  const legend = document.getElementById("legend");
  keys.checked = kept("tolmach keys") !== "off";
  keys.addEventListener("change", () => kept("tolmach keys", keys.checked ? "on" : "off"));
  const step = (by) => {
    const seen = [...document.querySelectorAll(".card")].filter((card) => card.checkVisibility());
    const at = seen.indexOf(document.activeElement.closest(".card"));
    const next = seen[at < 0 && by < 0 ? seen.length - 1 : at + by];
    if (next) go(next);
  };
  const actions = { j: () => step(1), k: () => step(-1), "/": () => search.focus(), "?": () => legend.togglePopover() };
  addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || !keys.checked || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input")) return;
    event.preventDefault();
    action();
  });
  addEventListener("hashchange", recall);
  show();
  recall();
})();
