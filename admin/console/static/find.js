// The search box offers what one may mean, and an access key can be copied. Every page is complete without this file.
"use strict";

(() => {
  const box = document.querySelector("input[data-suggestions]");
  if (box) offer(box);
  const copiers = () => document.querySelectorAll("button[data-copies][hidden]").forEach(copier);
  copiers();
  document.addEventListener("renewed", copiers); // the page brought new ones

  function offer(input) {
    const list = document.createElement("ul");
    list.id = "offers";
    list.className = "offers";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.labels[0]?.textContent || "");
    list.hidden = true;
    input.after(list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    let asked = 0;
    let waiting;

    const close = () => {
      list.hidden = true;
      list.replaceChildren();
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const chosen = () => list.querySelector('[aria-selected="true"]');
    const choose = (line) => {
      chosen()?.setAttribute("aria-selected", "false");
      line.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", line.id);
    };
    const take = (line) => {
      if (line.dataset.address) {
        window.location.assign(line.dataset.address);
        return;
      }
      input.value = line.dataset.words;
      close();
      input.focus();
      if (input.value.endsWith(":")) ask();
      else input.form.requestSubmit();
    };
    const show = (offers) => {
      list.replaceChildren(
        ...offers.map((one, place) => {
          const line = document.createElement("li");
          line.id = `offer-${place}`;
          line.setAttribute("role", "option");
          line.setAttribute("aria-selected", "false");
          line.dataset.words = one.words;
          if (one.address) line.dataset.address = one.address;
          const said = document.createElement("span");
          said.textContent = one.detail ? `${one.words} · ${one.detail}` : one.words;
          const hint = document.createElement("small");
          hint.textContent = one.hint;
          line.append(said, hint);
          return line;
        }),
      );
      list.hidden = !offers.length;
      input.setAttribute("aria-expanded", String(offers.length > 0));
      if (!offers.length) input.removeAttribute("aria-activedescendant");
    };
    const ask = async () => {
      const written = input.value.trim();
      const turn = ++asked;
      if (!written) return close();
      try {
        const answer = await fetch(`${input.dataset.suggestions}?q=${encodeURIComponent(input.value)}`);
        if (answer.ok && turn === asked && document.activeElement === input) show(await answer.json());
      } catch {
        close(); // what was written can be searched for all the same
      }
    };

    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 120);
    });
    input.addEventListener("keydown", (event) => {
      const lines = [...list.children];
      const at = lines.indexOf(chosen());
      if (event.key === "Escape" && !list.hidden) {
        close();
        event.stopPropagation();
      } else if (event.key === "Enter" && at >= 0) {
        take(lines[at]);
      } else if (event.key === "ArrowDown" && lines.length) {
        choose(lines[(at + 1) % lines.length]);
      } else if (event.key === "ArrowUp" && lines.length) {
        choose(lines[(at <= 0 ? lines.length : at) - 1]);
      } else return;
      event.preventDefault();
    });
    input.addEventListener("blur", () => setTimeout(close, 150));
    list.addEventListener("mousedown", (event) => {
      const line = event.target.closest("li");
      if (line) take(line);
      event.preventDefault();
    });
  }

  function copier(button) {
    if (!navigator.clipboard) return;
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
      button.textContent = button.dataset.done;
      setTimeout(() => (button.textContent = label), 2000);
    });
  }
})();
