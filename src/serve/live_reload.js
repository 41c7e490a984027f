// Keeps an open page as the last build has it. The server puts this into each page that it shows.
"use strict";
(() => {
  const { page, build } = document.currentScript.dataset;
  let known = build;
  let stream = null;
  let panel = null;
  let closed = "";

  // A browser opens few connections to one server, so pages in frames and pages that nobody sees have none. The latter catch
  // up when they are seen.
  function follow() {
    if (document.visibilityState === "hidden") {
      stream?.close();
      stream = null;
    } else {
      stream ??= listen();
    }
  }

  function listen() {
    const query = new URLSearchParams({ path: location.pathname, page, build: known });
    const stream = new EventSource(`/.newsgen/events?${query}`);
    stream.onmessage = ({ data, lastEventId }) => {
      const event = JSON.parse(data);
      known = lastEventId;
      if (event.reload) {
        stream.close();
        location.reload();
        return;
      }
      if (event.restyle) restyle();
      show(event.errors);
    };
    return stream;
  }

  // The old styles go when the new ones are there, so that the page is never seen without.
  function restyle() {
    for (const link of document.querySelectorAll('link[rel~="stylesheet"]:not([data-old])')) {
      const url = new URL(link.href);
      if (url.origin !== location.origin) continue;
      const next = link.cloneNode();
      next.removeAttribute("integrity");
      url.searchParams.set("build", known);
      next.href = url;
      next.onload = next.onerror = () => {
        while (next.previousElementSibling?.matches("link[data-old]")) next.previousElementSibling.remove();
      };
      link.dataset.old = "";
      link.after(next);
    }
  }

  function show(errors) {
    if (errors === "" || errors === closed) {
      panel?.host.remove();
      panel = null;
    } else {
      panel ??= makePanel();
      panel.text.textContent = errors;
    }
    if (errors === "") closed = "";
  }

  function hide() {
    closed = panel?.text.textContent ?? "";
    show(closed);
  }

  function makePanel() {
    const host = document.createElement("newsgen-errors");
    const root = host.attachShadow({ mode: "open" });
    const style = make("link", { rel: "stylesheet", href: "/.newsgen/live.css" });
    const title = make("h2", { textContent: "The last build found errors" });
    const note = make("p", { textContent: "Behind this is the page as the last good build made it." });
    const close = make("button", { type: "button", textContent: "Close", onclick: hide });
    const head = make("header", {}, title, close);
    const text = make("pre", { tabIndex: 0 });
    const section = make("section", { role: "alert" }, head, text, note);
    section.onkeydown = (event) => event.key === "Escape" && hide();
    root.append(style, section);
    document.documentElement.append(host);
    return { host, text };
  }

  function make(name, properties, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  if (window.top !== window) return;
  document.addEventListener("visibilitychange", follow);
  follow();
})();
