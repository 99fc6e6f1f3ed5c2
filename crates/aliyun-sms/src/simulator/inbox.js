// Shows new messages by itself. The tag of inbox.json changes with each message; then the page's
// own markup is fetched again, so that there is only one place that knows how a message looks.
"use strict";

(() => {
  const PAUSE = 1500;
  const messages = document.getElementById("messages");
  const offline = document.getElementById("offline");
  const news = document.getElementById("news");
  const language = document.documentElement.lang;
  let tag = document.body.dataset.tag;

  document.documentElement.classList.add("scripted");

  const showLocalTimes = () => {
    for (const time of messages.querySelectorAll("time")) {
      const at = new Date(time.dateTime);
      const isToday = at.toDateString() === new Date().toDateString();
      time.textContent = isToday ? at.toLocaleTimeString(language) : at.toLocaleString(language);
    }
  };

  const items = () => [...messages.querySelectorAll("li")];

  const refresh = async () => {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) throw new Error("no page");
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const known = new Set(items().map((item) => item.dataset.key));
    const focused = messages.querySelector("li:focus-within")?.dataset.key;
    messages.replaceChildren(...fresh.getElementById("messages").childNodes);
    showLocalTimes();
    const added = items().filter((item) => !known.has(item.dataset.key));
    for (const item of added) item.classList.add("new");
    if (added.length > 0) {
      const to = added[0].querySelector(".recipient").textContent;
      news.textContent = `${document.body.dataset.new} ${to}`;
    }
    // Whoever tabs through the page stays where they were.
    items().find((item) => item.dataset.key === focused)?.querySelector("button")?.focus();
    tag = fresh.body.dataset.tag;
  };

  const look = async () => {
    try {
      const answer = await fetch("inbox.json", { method: "HEAD", cache: "no-store" });
      if (!answer.ok) throw new Error("no inbox");
      if (answer.headers.get("etag") !== tag) await refresh();
      offline.hidden = true;
    } catch {
      offline.hidden = false;
    }
    setTimeout(look, PAUSE);
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Plain http on a LAN address has no clipboard.
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button || button.textContent === button.dataset.done) return;
    await copy(button.dataset.copy);
    const label = button.textContent;
    button.textContent = button.dataset.done;
    button.focus();
    setTimeout(() => { button.textContent = label; }, 1500);
  });

  showLocalTimes();
  setTimeout(look, PAUSE);
})();
