// Renews what a page counts every few seconds: it fetches the page itself and takes over texts, never rows, so that
// nothing moves under the reader's cursor. New rows are announced by a pill. Pauses by its button and in a hidden tab.
// What a page offers follows from the state of its thing, which the server marks: once that is another, no text is
// taken over alone. The whole main part is, as soon as nobody types in it or is about to click; until then a pill says so.
(function () {
  "use strict";
  var bar = document.querySelector("[data-live-every]");
  if (!bar || !window.fetch) return;
  var said = bar.querySelector("[data-live-said]");
  var button = bar.querySelector("[data-live-pause]");
  var pill = bar.querySelector("[data-live-new]");
  var main = document.getElementById("main");
  var paused = false, timer = null, busy = false, waiting = null, pointer = null;
  bar.hidden = false;

  function say(how) {
    said.textContent = said.getAttribute("data-" + how);
    bar.classList.toggle("lost", how === "lost");
    bar.classList.toggle("paused", how === "off");
  }

  function each(selector, root, act) {
    Array.prototype.forEach.call(root.querySelectorAll(selector), act);
  }

  function copy(from, to) {
    while (to.firstChild) to.removeChild(to.firstChild);
    Array.prototype.forEach.call(from.childNodes, function (node) {
      to.appendChild(document.importNode(node, true));
    });
  }

  function mark(root) {
    return root.querySelector("main").getAttribute("data-live-mark");
  }

  function typing() {
    var fields = main.querySelectorAll("input:not([type=hidden]), textarea, select");
    return Array.prototype.some.call(fields, function (one) {
      if (one === document.activeElement && !one.matches("[type=checkbox], [type=radio]")) return true;
      if (one.matches("[type=checkbox], [type=radio]")) return one.checked !== one.defaultChecked;
      if (one.matches("select")) {
        var chosen = one.querySelector("option[selected]") || one.options[0];
        return Boolean(chosen) && one.value !== chosen.value;
      }
      return one.value !== one.defaultValue;
    });
  }

  function aboutToClick() {
    return Boolean(pointer) && Date.now() - pointer.at < 3000
      && main.querySelector("a:hover, button:hover, summary:hover, label:hover, input:hover") !== null;
  }

  function alike(root, one) {
    if (one.id) return root.querySelector("#" + CSS.escape(one.id));
    return Array.prototype.find.call(root.querySelectorAll(one.tagName), function (other) {
      return other.textContent === one.textContent && other.getAttribute("href") === one.getAttribute("href")
        && other.getAttribute("name") === one.getAttribute("name");
    });
  }

  // What the reader looks at stays where it is on the screen: the part under the pointer, else the topmost one.
  function anchor() {
    var under = pointer && document.elementFromPoint(pointer.x, pointer.y);
    var part = under && main.contains(under) && under.closest("main [id], main [data-id]");
    part = part || Array.prototype.find.call(main.querySelectorAll("[id], [data-id]"), function (one) {
      return one.getBoundingClientRect().top >= 0;
    });
    if (!part) return function () {};
    var name = part.id ? "#" + CSS.escape(part.id) : '[data-id="' + CSS.escape(part.getAttribute("data-id")) + '"]';
    var top = part.getBoundingClientRect().top;
    return function () {
      var there = main.querySelector(name);
      if (there) window.scrollBy(0, there.getBoundingClientRect().top - top);
    };
  }

  function replace(fresh) {
    var other = document.importNode(fresh.querySelector("main"), true);
    var focused = main.contains(document.activeElement) ? document.activeElement : null;
    var seen = focused && !bar.contains(focused) ? alike(other, focused) : null;
    var stay = anchor();
    each("details[open] > summary", main, function (one) {
      var same = alike(other, one);
      if (same) same.parentNode.open = true;
    });
    each(":scope > .flash", main, function (one) { other.insertBefore(one, other.firstChild); });
    var place = other.querySelector("[data-live-every]");
    if (place) place.replaceWith(bar);
    else window.clearInterval(timer); // it is over: nothing will change any more
    main.replaceChildren.apply(main, Array.prototype.slice.call(other.childNodes));
    main.setAttribute("data-live-mark", other.getAttribute("data-live-mark"));
    document.title = fresh.title;
    stay();
    if (seen) seen.focus({ preventScroll: true });
    else if (focused) {
      if (bar.contains(focused) && bar.isConnected) focused.focus({ preventScroll: true });
      else { main.tabIndex = -1; main.focus({ preventScroll: true }); }
    }
    document.dispatchEvent(new CustomEvent("renewed"));
  }

  function announce(text) {
    pill.hidden = !text;
    if (!text) return;
    pill.href = location.href;
    pill.textContent = text;
  }

  function take(fresh) {
    waiting = null;
    if (mark(fresh) === mark(document)) return takeOver(fresh);
    if (typing() || aboutToClick()) {
      waiting = fresh;
      return announce(pill.getAttribute("data-changed"));
    }
    replace(fresh);
    announce("");
  }

  function takeOver(fresh) {
    ["data-live", "data-live-html"].forEach(function (name) {
      var known = {};
      each("[" + name + "]", fresh, function (one) { known[one.getAttribute(name)] = one; });
      each("[" + name + "]", document, function (one) {
        var other = known[one.getAttribute(name)];
        if (!other || other.innerHTML === one.innerHTML || one.contains(document.activeElement)) return;
        if (one.className !== other.className) one.className = other.className;
        copy(other, one);
      });
    });
    each("[data-live-value]", document, function (one) {
      var other = fresh.querySelector('[data-live-value="' + one.getAttribute("data-live-value") + '"]');
      if (other) one.value = Number(other.getAttribute("value"));
    });
    var arrived = 0;
    each("[data-live-list]", fresh, function (list) {
      var here = document.querySelector('[data-live-list="' + list.getAttribute("data-live-list") + '"]');
      var shown = {};
      if (here) each("[data-id]", here, function (row) { shown[row.getAttribute("data-id")] = true; });
      each("[data-id]", list, function (row) { if (!shown[row.getAttribute("data-id")]) arrived += 1; });
    });
    announce(arrived && pill.getAttribute(arrived === 1 ? "data-one" : "data-many").replace("{n}", String(arrived)));
  }

  function renew() {
    if (paused || busy || document.hidden) return;
    busy = true;
    fetch(location.href, { credentials: "same-origin", redirect: "error", headers: { Accept: "text/html" } })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(function (text) {
        take(new DOMParser().parseFromString(text, "text/html"));
        if (!paused) say("on");
      })
      .catch(function () { if (!paused) say("lost"); })
      .then(function () { busy = false; });
  }

  document.addEventListener("pointermove", function (event) {
    pointer = { x: event.clientX, y: event.clientY, at: Date.now() };
    if (waiting && !paused && !typing() && !aboutToClick()) take(waiting);
  });
  pill.addEventListener("click", function (event) {
    event.preventDefault(); // an address with a fragment would only scroll
    location.reload();
  });
  button.addEventListener("click", function () {
    paused = !paused;
    button.setAttribute("aria-pressed", String(paused));
    button.textContent = button.getAttribute(paused ? "data-resume" : "data-pause");
    say(paused ? "off" : "on");
    if (!paused) renew();
  });
  document.addEventListener("visibilitychange", renew);
  timer = window.setInterval(renew, Number(bar.getAttribute("data-live-every")) * 1000);
  window.addEventListener("pagehide", function () { window.clearInterval(timer); });
})();
