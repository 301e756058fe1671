// Brings an open page up to date when the server says that something has changed. Without it, every page works when it is loaded again.
(() => {
  "use strict";
  const main = document.getElementById("main");
  const live = document.querySelector(".live");
  if (!main || !live || !window.EventSource) return;

  let isFetching = false;
  let isWanted = false;

  const tell = (text) => {
    live.hidden = false;
    if (live.textContent !== text) live.textContent = text;
  };

  const keyOf = (details) => {
    const step = details.closest(".step");
    return step ? step.querySelector("strong").textContent : "";
  };

  async function update() {
    if (isFetching) {
      isWanted = true;
      return;
    }
    isFetching = true;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById("main");
      // Who is typing into a form goes on typing.
      if (!next || (main.contains(document.activeElement) && document.activeElement.matches("input, select"))) return;
      const open = new Set([...main.querySelectorAll("details[open]")].map(keyOf));
      const at = document.activeElement;
      const link = at && main.contains(at) ? at.getAttribute("href") : null;
      main.replaceChildren(...next.childNodes);
      for (const details of main.querySelectorAll("details")) details.open = open.has(keyOf(details));
      if (link) main.querySelector(`a[href="${CSS.escape(link)}"]`)?.focus();
      tell("Live, updated " + new Date().toLocaleTimeString());
    } catch {
      tell("Not reached; trying again");
    } finally {
      isFetching = false;
      if (isWanted) {
        isWanted = false;
        update();
      }
    }
  }

  const events = new EventSource(document.body.dataset.events);
  events.onopen = () => tell("Live");
  events.onmessage = () => {
    update();
  };
  events.onerror = () => tell("Not reached; trying again");
})();
