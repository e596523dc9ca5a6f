// Progressive only: every page works without this file. No inline code anywhere, so the policy can stay 'self'.
(function () {
  "use strict";
  var root = document.documentElement;

  // Reading aids: the same cookies as /preferences, set at once so that nothing typed is lost by a reload.
  function remember(name, value) {
    document.cookie = name + "=" + value + "; path=/; samesite=lax";
  }
  var aids = {
    size: { attribute: "data-size", on: "large", cookie: "tongban_size" },
    contrast: { attribute: "data-contrast", on: "high", cookie: "tongban_contrast" }
  };
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-aid]");
    if (!button) { return; }
    var aid = aids[button.dataset.aid];
    if (aid) {
      event.preventDefault();
      var on = root.getAttribute(aid.attribute) !== aid.on;
      if (on) { root.setAttribute(aid.attribute, aid.on); } else { root.removeAttribute(aid.attribute); }
      button.setAttribute("aria-pressed", String(on));
      button.value = on ? "normal" : aid.on;
      remember(aid.cookie, on ? aid.on : "normal");
    } else if (button.dataset.aid === "read") {
      read(button);
    }
  });

  // 朗读: the browser's own speech; shown only where it exists.
  function read(button) {
    var speech = window.speechSynthesis;
    if (speech.speaking) { speech.cancel(); button.setAttribute("aria-pressed", "false"); return; }
    var words = (String(window.getSelection()) || document.getElementById("main").innerText).trim();
    var pieces = words.match(/[^。！？.!?\n]+[。！？.!?\n]*/g) || [];
    pieces.forEach(function (piece, i) {
      var said = new SpeechSynthesisUtterance(piece);
      said.lang = root.lang;
      if (i === pieces.length - 1) { said.onend = function () { button.setAttribute("aria-pressed", "false"); }; }
      speech.speak(said);
    });
    button.setAttribute("aria-pressed", "true");
  }

  function prepare(where) {
    if ("speechSynthesis" in window) {
      where.querySelectorAll("[data-aid=read]").forEach(function (b) { b.hidden = false; });
    }
    where.querySelectorAll("[data-print-button]").forEach(function (b) { b.hidden = false; });
    where.querySelectorAll("[data-no-script]").forEach(function (b) { b.hidden = true; });
    conditions(where);
    var summary = where.querySelector("[data-focus]");
    if (summary) { summary.focus(); }
  }

  // Questions that depend on another answer: the server decides anyway; here they only appear and vanish at once.
  function conditions(where) {
    where.querySelectorAll("[data-when]").forEach(function (box) {
      var form = box.closest("form");
      if (!form) { return; }
      var wanted = (box.dataset.is || "").split("|");
      var show = function () {
        var given = new FormData(form).get(box.dataset.when);
        box.hidden = wanted.indexOf(String(given)) < 0;
      };
      if (!box.dataset.ready) { form.addEventListener("change", show); box.dataset.ready = "1"; }
      show();
    });
  }

  // A region list narrows at once when the wider one changes; without scripts the button beside it does the same.
  document.addEventListener("change", function (event) {
    var list = event.target.closest("[data-reload]");
    if (!list) { return; }
    var button = list.form.querySelector("[name='" + list.dataset.reload + "'], [value='" + list.dataset.reload + "']");
    if (button) { list.form.requestSubmit(button); }
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print-button]")) { window.print(); }
  });

  // A second press of a button that changes something sends nothing.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.setTimeout(function () { delete form.dataset.sent; }, 4000);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (f) { delete f.dataset.sent; });
  });

  document.addEventListener("DOMContentLoaded", function () { prepare(document); });
  document.addEventListener("htmx:afterSettle", function (event) { prepare(event.target); });
})();
