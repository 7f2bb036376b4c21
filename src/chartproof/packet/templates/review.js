"use strict";
(function () {
  var root = document.documentElement;
  root.classList.add("js");
  var links = Array.prototype.slice.call(document.querySelectorAll("nav a[data-part]"));
  var current = -1;
  // On a narrow screen everything stands in one column and links are plain anchors.
  var wide = window.matchMedia("(min-width: 1000px)");

  function figures(part) { return Array.prototype.slice.call(part.querySelectorAll("figure")); }

  function look(part, figure) {
    figures(part).forEach(function (f) { f.classList.toggle("on", f === figure); });
    part.querySelectorAll("[data-figure]").forEach(function (b) {
      b.setAttribute("aria-current", figure && b.dataset.figure === figure.id ? "true" : "false");
    });
    var box = figure && figure.querySelector(".box, mark");
    var pane = figure && figure.parentElement;
    if (box && pane) {
      var at = box.getBoundingClientRect().top - pane.getBoundingClientRect().top + pane.scrollTop;
      pane.scrollTop = Math.max(0, at - pane.clientHeight * 0.3);
    }
  }

  function show(n, focus) {
    if (n < 0 || n >= links.length) { return; }
    current = n;
    links.forEach(function (a, i) {
      if (i === n) { a.setAttribute("aria-current", "true"); } else { a.removeAttribute("aria-current"); }
    });
    var part = document.getElementById(links[n].dataset.part);
    document.querySelectorAll("main > article").forEach(function (a) { a.classList.toggle("on", a === part); });
    part.scrollTop = 0;
    look(part, figures(part)[0] || null);
    links[n].scrollIntoView({ block: "nearest" });
    if (focus) { links[n].focus({ preventScroll: true }); }
    history.replaceState(null, "", "#" + part.id);
  }

  function step(by) {
    var part = document.querySelector("main > article.on");
    var all = figures(part);
    var at = all.findIndex(function (f) { return f.classList.contains("on"); });
    var next = all[at + by];
    if (next) { look(part, next); }
  }

  links.forEach(function (a, i) {
    a.addEventListener("click", function (event) {
      if (wide.matches) { event.preventDefault(); show(i, true); }
    });
  });
  document.querySelectorAll("[data-figure]").forEach(function (b) {
    b.addEventListener("click", function (event) {
      var figure = document.getElementById(b.dataset.figure);
      if (!wide.matches) { return; }
      event.preventDefault();
      if (figure) { look(b.closest("article"), figure); }
    });
  });
  document.querySelectorAll("main a[href^='#row-']").forEach(function (a) {
    a.addEventListener("click", function (event) {
      var n = links.findIndex(function (l) { return "#" + l.dataset.part === a.getAttribute("href"); });
      if (n >= 0 && wide.matches) { event.preventDefault(); show(n, true); }
    });
  });
  document.addEventListener("keydown", function (event) {
    if (!wide.matches || event.altKey || event.ctrlKey || event.metaKey) { return; }
    if (event.key === "j") { show(current + 1, true); }
    else if (event.key === "k") { show(current - 1, true); }
    else if (event.key === "n") { step(1); }
    else if (event.key === "p") { step(-1); }
  });
  function start() {
    var asked = links.findIndex(function (a) { return "#" + a.dataset.part === location.hash; });
    var open = links.findIndex(function (a) { return a.dataset.open === "yes"; });
    if (wide.matches) { show(asked >= 0 ? asked : Math.max(open, 0), false); }
  }
  wide.addEventListener("change", start);
  start();
})();
