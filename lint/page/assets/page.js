"use strict";
// Search, filter, sort and deep links. Without it, the page shows every service.
(() => {
  const form = document.getElementById("filter"), list = document.getElementById("list");
  if (!form) return;
  const sortBar = document.getElementById("sort"), count = document.getElementById("count"), none = document.getElementById("none");
  const keys = ["state", "certainty", "word", "category", "maintainer", "rule"];
  const many = new Set(["word", "rule"]); // of these a service has several, with blanks between them
  const order = {};
  for (const key of ["state", "certainty"])
    order[key] = [...form.elements[key].options].map(o => o.value);

  const services = [...list.children].map((el, place) => {
    const cells = [...el.firstElementChild.children].map(c => c.textContent);
    const comment = el.querySelector(".comment");
    return {
      el, place, ...el.dataset, name: cells[0], origin: cells[1], needs: cells[4], maintainer: cells[5], rules: cells[6],
      text: [cells[0], cells[1], cells[4], cells[5], comment ? comment.textContent : ""].join("\n").toLowerCase(),
    };
  });
  let sorted = "";

  // fits tells whether a service is wanted. Several values of one field, with commas, mean any of them.
  function fits(s, want, words) {
    return words.every(w => s.text.includes(w)) && keys.every(k => {
      if (!want[k]) return true;
      const have = many.has(k) ? s[k].split(" ") : [s[k]];
      return want[k].split(",").some(v => have.includes(v));
    });
  }

  function sort(by) {
    if (by === sorted) return;
    sorted = by;
    const down = by.startsWith("-"), key = by.replace(/^-/, "");
    const rank = s => order[key] ? order[key].indexOf(s[key]) : s[key];
    const inOrder = [...services].sort((a, b) => {
      if (!key) return a.place - b.place;
      const x = rank(a), y = rank(b);
      return ((x > y) - (x < y)) * (down ? -1 : 1) || a.place - b.place;
    });
    list.append(...inOrder.map(s => s.el));
    for (const b of sortBar.children) {
      b.setAttribute("aria-pressed", String(b.dataset.key === key));
      b.classList.toggle("down", b.dataset.key === key && down);
    }
  }

  function show(want) {
    const words = (want.q || "").toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    for (const s of services) {
      const ok = fits(s, want, words);
      if (s.el.hidden === ok) s.el.hidden = !ok;
      if (ok) n++;
    }
    sort(want.sort || "");
    count.textContent = n + " of " + services.length + " services.";
    none.hidden = n > 0;
  }

  // The form has one value a field; other values of a link are kept until the field is changed.
  let wanted = {};
  function fill() {
    for (const k of ["q", ...keys]) {
      const field = form.elements[k], value = wanted[k] || "";
      if (field.tagName === "SELECT" && value && ![...field.options].some(o => o.value === value))
        field.add(new Option(value, value));
      field.value = value;
    }
  }

  function write() {
    const p = new URLSearchParams();
    for (const k of ["q", ...keys, "sort"]) if (wanted[k]) p.set(k, wanted[k]);
    const text = p.toString();
    history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
  }

  function reveal(id) {
    try { id = decodeURIComponent(id); } catch { /* not encoded, then */ }
    const el = document.getElementById(id);
    if (!el) return;
    const s = el.closest(".svc");
    if (s && s.hidden) { wanted = {}; fill(); show(wanted); }
    for (let d = el; d; d = d.parentElement) if (d.tagName === "DETAILS") d.open = true;
    el.scrollIntoView();
    (el.tagName === "DETAILS" ? el.firstElementChild : el).focus({preventScroll: true});
  }

  function read() {
    const text = location.hash.slice(1);
    if (text.includes("=")) {
      const p = new URLSearchParams(text);
      wanted = {};
      for (const k of ["q", ...keys, "sort"]) if (p.get(k)) wanted[k] = p.get(k);
    }
    fill();
    show(wanted);
    if (text.includes("=")) { if (started) document.getElementById("services").scrollIntoView(); }
    else if (text) reveal(text);
  }

  function change() {
    for (const k of ["q", ...keys]) wanted[k] = form.elements[k].value;
    write();
    show(wanted);
  }

  function move(step) {
    const shown = [...list.children].filter(el => !el.hidden);
    const at = shown.indexOf(document.activeElement.closest && document.activeElement.closest(".svc"));
    const next = shown[at < 0 ? 0 : Math.min(Math.max(at + step, 0), shown.length - 1)];
    if (next) next.firstElementChild.focus();
  }

  let started = false;
  form.hidden = sortBar.hidden = false;
  form.addEventListener("input", change);
  form.addEventListener("submit", e => e.preventDefault());
  form.addEventListener("reset", e => { e.preventDefault(); wanted = {}; fill(); write(); show(wanted); });
  none.addEventListener("click", () => form.reset());
  sortBar.addEventListener("click", e => {
    const key = e.target.dataset.key;
    if (!key) return;
    wanted.sort = wanted.sort === key ? "-" + key : wanted.sort === "-" + key ? "" : key;
    write();
    show(wanted);
  });
  document.addEventListener("keydown", e => {
    if (e.ctrlKey || e.altKey || e.metaKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName);
    if (e.key === "/" && !typing) { form.elements.q.focus(); e.preventDefault(); }
    else if (e.key === "Escape") form.reset();
    else if ((e.key === "ArrowDown" || e.key === "ArrowUp") && (e.target.matches(".svc > summary") || e.target === form.elements.q)) {
      move(e.key === "ArrowDown" ? 1 : -1);
      e.preventDefault();
    }
  });
  window.addEventListener("hashchange", read);
  read();
  started = true;
})();
