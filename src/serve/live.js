// Keeps a page up to date while its site is served by `galen serve`. It is no part of the site.
(() => {
  "use strict";
  const [run, version] = document.currentScript.dataset.galen.split(" ");
  let seen = Number(version);

  // The place on the page outlives a reload, and the errors that may come between.
  const key = "galen-scroll " + location.pathname;
  const stored = (act) => {
    try {
      return act(sessionStorage);
    } catch {
      return null;
    }
  };
  const place = stored((it) => it.getItem(key));
  stored((it) => it.removeItem(key));
  if (place) {
    const [left, top] = place.split(" ").map(Number);
    const go = () => scrollTo({ left, top, behavior: "instant" });
    go();
    let moved = false;
    for (const event of ["wheel", "touchstart", "keydown", "pointerdown"]) {
      addEventListener(event, () => (moved = true), { once: true, passive: true });
    }
    // Pictures may have moved it meanwhile.
    addEventListener("load", () => moved || go(), { once: true });
  }

  const reload = () => {
    stored((it) => it.setItem(key, scrollX + " " + scrollY));
    location.reload();
  };

  // The page as it is now says which stylesheets it has. Nothing else of it changed.
  const restyle = (to) => {
    const styles = (of) => [...of.querySelectorAll("link[rel~=stylesheet]")];
    const request = new XMLHttpRequest();
    request.open("GET", location.pathname + location.search);
    request.responseType = "document";
    request.onerror = reload;
    request.onload = () => {
      if (request.status !== 200 || !request.response) return reload();
      const now = styles(document).filter((it) => !it.dataset.galenOld);
      const next = styles(request.response).map((it) => it.getAttribute("href"));
      if (now.length !== next.length) return reload();
      now.forEach((old, at) => {
        const same = old.dataset.galenHref ?? old.getAttribute("href");
        const link = old.cloneNode();
        link.dataset.galenHref = next[at];
        // A name without a digest is the same for another content.
        link.href = same === next[at] ? next[at] + (next[at].includes("?") ? "&" : "?") + "galen=" + to : next[at];
        link.onload = () => old.remove();
        link.onerror = reload;
        old.dataset.galenOld = "";
        old.after(link);
      });
    };
    request.send();
  };

  const hear = (event) => {
    const state = JSON.parse(event.data);
    if (state.run !== run) return reload();
    if (state.version <= seen) return;
    const styled = seen >= state.whole;
    seen = state.version;
    if (styled) restyle(seen);
    else reload();
  };

  // A browser opens few connections to a host: a page that nobody sees has none, and hears what it
  // missed when it is seen again.
  let source = null;
  const connect = () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source || source.readyState === EventSource.CLOSED) {
      source = new EventSource("/__galen/events");
      source.onmessage = hear;
      source.onerror = () => source?.readyState === EventSource.CLOSED && setTimeout(connect, 500);
    }
  };
  document.addEventListener("visibilitychange", connect);
  addEventListener("pagehide", () => {
    source?.close();
    source = null;
  });
  addEventListener("pageshow", connect);
  connect();

  // Problems are all there is to read until they are gone.
  const problems = document.querySelector("galen-problems");
  const dialog = problems?.shadowRoot?.querySelector("dialog");
  if (dialog) {
    document.title = problems.dataset.title + " – " + document.title;
    const show = () => dialog.open || dialog.showModal();
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    // Pressed twice, Escape closes it all the same; the page behind would pass for right.
    dialog.addEventListener("close", show);
    dialog.open = false;
    show();
    dialog.querySelector("h1").focus({ preventScroll: true });
  }
})();
