// Keys, zoom, drawing a box around words, dropping files, progress. Every action works without this file.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const KEYS = {
    next: ["j", "Next row"], before: ["k", "Row before"], open: ["n", "Next open row"], quote: ["e", "Next quote"],
    accept: ["a", "Accept the row"], override: ["o", "Decide otherwise"], ask: ["r", "Ask for it"], add: ["f", "Add a fact"],
  };
  const kept = () => { try { return JSON.parse(localStorage.getItem("keys")) || {}; } catch { return {}; } };
  const key = (name) => kept()[name] || KEYS[name][0];

  document.querySelectorAll("kbd[data-key]").forEach((one) => { one.textContent = key(one.dataset.key); });

  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.findIndex((one) => one.getAttribute("aria-current") === "true");
  const go = (one) => { if (one) location.href = one.href; };
  const opened = (id, field) => { const box = $(id); if (box) { box.open = true; (box.querySelector(field) || box).focus(); } };
  const ACTS = {
    next: () => go(rows[at + 1]),
    before: () => go(rows[at - 1]),
    open: () => go(rows.slice(at + 1).concat(rows.slice(0, at)).find((one) => "open" in one.dataset)),
    quote: () => { const all = [...document.querySelectorAll(".side .quote > a")]; const n = all.findIndex((one) => one.getAttribute("aria-current") === "true"); go(all[(n + 1) % (all.length || 1)]); },
    accept: () => { const one = document.querySelector('[data-key-press="accept"]'); if (one) one.click(); },
    override: () => opened("override", "select"),
    ask: () => opened("ask", "textarea"),
    add: () => opened("add", "textarea"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const name = Object.keys(KEYS).find((one) => key(one) === event.key);
    if (name && rows.length) { event.preventDefault(); ACTS[name](); }
  });
  const current = $("chosen-row");
  // Only what scrolls by itself is scrolled: the Tab key then still begins at the top of the page.
  const bring = (one, holder) => {
    if (!one || !holder || holder.scrollHeight <= holder.clientHeight) return;
    const at = one.getBoundingClientRect(), frame = holder.getBoundingClientRect();
    holder.scrollTop += at.top + at.height / 2 - frame.top - frame.height / 2;
  };
  bring(current, document.querySelector(".rows"));

  // The page: brought to its first quote, zoom kept from row to row.
  const paper = $("paper"), zoom = $("zoom");
  const toQuote = () => {
    const box = document.querySelector(".quoted, .paper mark");
    if (!box) return;
    const at = box.getBoundingClientRect(), frame = paper.getBoundingClientRect();
    paper.scrollLeft += at.left + at.width / 2 - frame.left - frame.width / 2;
    bring(box, document.querySelector(".work .page"));
  };
  if (zoom) {
    const set = (value) => { paper.className = ("paper " + value).trim(); };
    zoom.value = sessionStorage.getItem("zoom") || ""; set(zoom.value);
    zoom.addEventListener("change", () => { sessionStorage.setItem("zoom", zoom.value); set(zoom.value); toQuote(); });
  }
  if (paper) toQuote();

  // Words by a box drawn on the page, or by selecting text.
  const svg = document.querySelector(".paper svg"), field = $("quote");
  if (svg && field) {
    let start = null, box = null;
    const place = (event) => { const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()); return [p.x, p.y]; };
    svg.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault(); start = place(event); svg.setPointerCapture(event.pointerId);
      if (box) box.remove();
      box = document.createElementNS("http://www.w3.org/2000/svg", "rect"); box.setAttribute("class", "drawn"); svg.append(box);
    });
    svg.addEventListener("pointermove", (event) => {
      if (!start) return;
      const [x, y] = place(event);
      box.setAttribute("x", Math.min(x, start[0])); box.setAttribute("y", Math.min(y, start[1]));
      box.setAttribute("width", Math.abs(x - start[0])); box.setAttribute("height", Math.abs(y - start[1]));
    });
    svg.addEventListener("pointerup", async (event) => {
      if (!start) return;
      const end = place(event), from = start; start = null;
      if (Math.abs(end[0] - from[0]) < 4 && Math.abs(end[1] - from[1]) < 4) { box.remove(); return; }
      const at = new URLSearchParams({ file: svg.dataset.file, page: svg.dataset.page, left: Math.min(from[0], end[0]), top: Math.min(from[1], end[1]), right: Math.max(from[0], end[0]), bottom: Math.max(from[1], end[1]) });
      const answer = await fetch(svg.dataset.find + "?" + at);
      if (answer.ok) { $("add").open = true; field.value = (await answer.json()).quote; field.focus(); }
    });
  }
  const text = document.querySelector(".paper pre");
  if (text && field) text.addEventListener("mouseup", () => { const words = String(getSelection()).trim(); if (words) { $("add").open = true; field.value = words; } });

  // Times: as this place has them; the page gives them in UTC.
  document.querySelectorAll("time").forEach((one) => {
    const at = new Date(one.dateTime), two = (n) => String(n).padStart(2, "0");
    one.title = one.textContent;
    one.textContent = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
  });

  // Files: what was chosen is named; they can be dropped anywhere on the form's page.
  const form = $("upload"), chosen = $("chosen-files");
  if (form && chosen) {
    const inputs = [...form.querySelectorAll("input[type=file]")];
    const tell = () => { const n = inputs.reduce((sum, one) => sum + one.files.length, 0); chosen.textContent = n ? n + (n === 1 ? " file" : " files") + " chosen" : ""; };
    inputs.forEach((one) => one.addEventListener("change", tell));
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => { event.preventDefault(); if (event.dataTransfer.files.length) { inputs[0].files = event.dataTransfer.files; tell(); } });
  }

  // Progress: the file being read is named; the page is loaded anew when the reading has ended.
  const progress = $("progress");
  if (progress) {
    const ask = async () => {
      try {
        const answer = await fetch(progress.dataset.url);
        if (!answer.ok) { location.reload(); return; }
        const now = await answer.json();
        $("progress-words").textContent = now.words; $("progress-bar").max = now.total || 1; $("progress-bar").value = now.done;
        const cells = document.querySelectorAll("#progress-files td:last-child");
        (now.files || []).forEach((one, n) => { if (cells[n]) cells[n].textContent = one.words; });
        if (now.ended) { location.reload(); return; }
      } catch { $("progress-words").textContent = "The desk does not answer; asking again."; }
      setTimeout(ask, 700);
    };
    ask();
  }

  // Keys of one's own.
  const settings = $("key-settings");
  if (settings) {
    Object.entries(KEYS).forEach(([name, [first, words]]) => {
      const holder = document.createElement("div"), label = document.createElement("label"), input = document.createElement("input");
      label.textContent = words; label.htmlFor = input.id = "key-" + name; input.maxLength = 1; input.value = key(name);
      input.addEventListener("input", () => { const mine = kept(); if (input.value) mine[name] = input.value; else delete mine[name]; localStorage.setItem("keys", JSON.stringify(mine)); });
      holder.append(label, input); settings.append(holder);
    });
    $("key-reset").addEventListener("click", () => { localStorage.removeItem("keys"); location.reload(); });
  }
})();
