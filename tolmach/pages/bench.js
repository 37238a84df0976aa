"use strict";
(() => {
  const text = (cell) => cell.textContent.replace(/\s+/g, " ").trim();
  const cells = (row) => [...row.cells].map(text);
  const lines = (table) => [...table.rows].filter((row) => row.cells.length === table.tHead.rows[0].cells.length);

  // A note below a row, which fills the width, stays below it.
  const blocks = (body) => {
    const found = [];
    for (const row of body.rows) row.cells.length === 1 && found.length ? found.at(-1).push(row) : found.push([row]);
    return found;
  };
  const number = (words) => {
    const found = words.replaceAll("−", "-").replaceAll(",", "").match(/[+-]?\d*\.?\d+/);
    return found ? Number(found[0]) : NaN;
  };
  const compare = (one, other) => {
    const [first, second] = [number(one), number(other)];
    if (isNaN(first) || isNaN(second)) return isNaN(first) - isNaN(second) || one.localeCompare(other);
    return first - second;
  };
  const sort = (table, head) => {
    const down = head.getAttribute("aria-sort") !== "descending" && head.cellIndex > 0;
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const value = (block) => text(block[0].cells[head.cellIndex]);
    const sorted = blocks(table.tBodies[0]).sort((one, other) => {
      if (!value(one) || !value(other)) return !value(one) - !value(other);
      return compare(value(one), value(other)) * (down ? -1 : 1);
    });
    table.tBodies[0].append(...sorted.flat());
  };

  const csvCell = (words) => {
    const safe = words.replace(/^[=+\-@＝＋－＠](?![\d.])/, "'$&");
    return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const csv = (table) => "\ufeff" + lines(table).map((row) => cells(row).map(csvCell).join(",") + "\r\n").join("");
  const tex = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "±": "$\\pm$", "−": "$-$", "<": "$<$", ">": "$>$", "[": "{[}" };
  const texCell = (words) => words.replace(/[\\~^±−<>&%#_${}[]/g, (char) => tex[char] ?? `\\${char}`);
  const latex = (table) => {
    const [head, ...rows] = lines(table).map((row) => `${cells(row).map(texCell).join(" & ")} \\\\`);
    const columns = "l" + "r".repeat(table.tHead.rows[0].cells.length - 1);
    return ["\\begin{tabular}{" + columns + "}", "\\toprule", head, "\\midrule", ...rows, "\\bottomrule", "\\end{tabular}", ""].join("\n");
  };
  const save = (name, content) => {
    const address = URL.createObjectURL(new Blob([content]));
    Object.assign(document.createElement("a"), { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  };

  for (const table of document.querySelectorAll("table.grid")) {
    for (const head of table.tHead.rows[0].cells) {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(table, head));
    }
    const tools = document.getElementById("table-tools").content.cloneNode(true);
    tools.querySelector("[data-csv]").addEventListener("click", () => save("table.csv", csv(table)));
    tools.querySelector("[data-latex]").addEventListener("click", () => save("table.tex", latex(table)));
    table.closest(".wide").after(tools);
  }

  const shown = 5; // as many as the result has of each two systems, see eval/bench/scoring.py
  for (const part of document.querySelectorAll("[data-contrasts]")) {
    const selects = [...part.querySelectorAll("select")];
    const segments = [...part.querySelectorAll("dl")];
    const show = () => {
      const [one, other] = selects.map((each) => each.value);
      selects.forEach((each, at) => {
        for (const option of each.options) option.disabled = option.value === [other, one][at];
      });
      for (const each of part.querySelectorAll("[data-pair]")) each.hidden = each.dataset.pair !== `${one} ${other}`;
      for (const each of part.querySelectorAll("[data-of]")) each.hidden = ![one, other].includes(each.dataset.of);
      const ahead = (segment) => {
        const scores = segment.dataset.scores.split(" ").map(Number);
        return scores[one] - scores[other];
      };
      segments.sort((first, second) => ahead(second) - ahead(first));
      const far = [
        ...segments.filter((each) => ahead(each) > 0).slice(0, shown),
        ...segments.filter((each) => ahead(each) < 0).slice(-shown),
      ];
      for (const each of segments) each.hidden = !far.includes(each);
      part.append(...segments);
    };
    part.querySelector(".choose").hidden = false;
    part.addEventListener("change", show);
    show();
  }
})();
