// Keys for whoever works without a mouse. Every page is complete without this file.
"use strict";

(() => {
  const TYPED_IN = "input:not([type=checkbox]), select, textarea";
  const rows = () => [...document.querySelectorAll("table.rows > tbody > tr")].filter((row) => row.offsetParent);
  const current = () => rows().find((row) => row.contains(document.activeElement));

  const goTo = (row) => {
    const link = row.querySelector("a[href]");
    if (!link) row.tabIndex = -1;
    (link || row).focus();
    row.scrollIntoView({ block: "nearest" });
  };

  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    goTo(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]);
  };

  const pick = () => current()?.querySelector("input[type=checkbox]")?.click();

  const press = (key) => {
    const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!found) return false;
    const boxes = [...(found.form?.querySelectorAll("input[type=checkbox][name=rowid]") || [])];
    if (boxes.length && !boxes.some((box) => box.checked)) return false; // nothing is chosen to do it to
    if (found.matches(TYPED_IN)) {
      found.focus();
      found.select();
    } else {
      found.click();
      found.scrollIntoView({ block: "nearest" });
    }
    return true;
  };

  // One box for all those of a list that may be chosen.
  document.querySelectorAll("[data-picks-all]").forEach((one) => {
    const boxes = () => [...one.closest("form").querySelectorAll("input[type=checkbox][name=rowid]")];
    const all = one.querySelector("input");
    const tell = () => {
      const chosen = boxes().filter((box) => box.checked).length;
      all.checked = chosen > 0 && chosen === boxes().length;
      all.indeterminate = chosen > 0 && !all.checked;
    };
    if (!boxes().length) return;
    one.hidden = false;
    all.addEventListener("change", () => boxes().forEach((box) => (box.checked = all.checked)));
    one.closest("form").addEventListener("change", (event) => event.target !== all && tell());
    window.addEventListener("pageshow", tell);
  });

  const KEYS = { j: () => step(1), k: () => step(-1), x: pick };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape") {
      document.querySelectorAll("details.account[open], details.views[open], details.keys[open]").forEach((one) => (one.open = false));
      if (event.target.matches(TYPED_IN)) event.target.blur();
      return;
    }
    if (event.target.closest(TYPED_IN)) return;
    const known = KEYS[event.key];
    if (known) known();
    else if (!press(event.key)) return;
    event.preventDefault();
  });

  // A panel closes when one clicks beside it.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.account[open], details.views[open]").forEach((one) => {
      if (!one.contains(event.target)) one.open = false;
    });
  });

  // One click sends a form once, however often it is clicked.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
    setTimeout(() => delete event.target.dataset.sent, 4000); // it may have been a download
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
})();
