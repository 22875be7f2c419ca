// Renews what a page counts every few seconds: it fetches the page itself and takes over texts, never rows, so that
// nothing moves under the reader's cursor. New rows are announced by a pill. Pauses by its button and in a hidden tab.
(function () {
  "use strict";
  var bar = document.querySelector("[data-live-every]");
  if (!bar || !window.fetch) return;
  var said = bar.querySelector("[data-live-said]");
  var button = bar.querySelector("[data-live-pause]");
  var pill = bar.querySelector("[data-live-new]");
  var paused = false, timer = null, busy = false;
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
    pill.hidden = arrived === 0;
    if (arrived) {
      pill.href = location.href;
      pill.textContent = pill.getAttribute(arrived === 1 ? "data-one" : "data-many").replace("{n}", String(arrived));
    }
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
        takeOver(new DOMParser().parseFromString(text, "text/html"));
        if (!paused) say("on");
      })
      .catch(function () { if (!paused) say("lost"); })
      .then(function () { busy = false; });
  }

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
