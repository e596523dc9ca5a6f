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

  // 朗读: the browser's own speech, shown only where it exists. What is chosen on the page, else all that is seen of it:
  // each part in its own language; of a list of choices the chosen one; nothing that is hidden or only drawn.
  function read(button) {
    var speech = window.speechSynthesis;
    function stop() { button.setAttribute("aria-pressed", "false"); }
    if (button.getAttribute("aria-pressed") === "true") { speech.cancel(); stop(); return; }
    var chosen = String(window.getSelection()).trim();
    var parts = chosen ? [{ text: chosen, lang: root.lang }] : spoken(document.getElementById("main"));
    var pieces = [];
    parts.forEach(function (part) {
      (part.text.match(/[^。！？；.!?\n]+[。！？；.!?\n]*/g) || []).forEach(function (text) {
        if (/[\p{L}\p{N}]/u.test(text)) { pieces.push({ text: text.trim(), lang: part.lang }); }
      });
    });
    speech.cancel();
    pieces.forEach(function (piece, i) {
      var said = new SpeechSynthesisUtterance(piece.text);
      said.lang = piece.lang;
      said.onerror = stop;
      if (i === pieces.length - 1) { said.onend = stop; }
      speech.speak(said);
    });
    button.setAttribute("aria-pressed", String(pieces.length > 0));
  }
  window.addEventListener("pagehide", function () { if (window.speechSynthesis) { window.speechSynthesis.cancel(); } });

  // The parts of an element as they are said: one for each block of text and language.
  function spoken(element) {
    var found = [], walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, {
      acceptNode: function (node) {
        if (node.nodeType === 3) { return node.data.trim() ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP; }
        if (node.closest("[aria-hidden=true], nav, svg, script, style") || !seen(node)) { return NodeFilter.FILTER_REJECT; }
        return node.tagName === "SELECT" ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP;
      }
    });
    for (var node = walker.nextNode(); node; node = walker.nextNode()) {
      var holder = node.nodeType === 3 ? node.parentElement : node;
      if (node.nodeType === 3 && holder.closest("select")) { continue; }
      var text = node.nodeType === 3 ? node.data.replace(/\s+/g, " ") : (node.selectedOptions[0] || {}).text || "";
      var lang = holder.closest("[lang]").lang, block = holder;
      while (block !== element && getComputedStyle(block).display.indexOf("inline") === 0) { block = block.parentElement; }
      var last = found[found.length - 1];
      if (last && last.block === block && last.lang === lang) { last.text += text; } else {
        found.push({ text: text, lang: lang, block: block });
      }
    }
    return found;
  }

  function seen(element) {
    return element.checkVisibility ? element.checkVisibility() : !!element.getClientRects().length;
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
