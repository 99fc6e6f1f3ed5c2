// What makes the pages smoother where scripts run. Every page works without it, and no word
// stands here: words come with the page.
(() => {
  "use strict";

  // The six digits in what was typed, pasted or filled in: "１２３ ４５６", "Your code: 123456 (10 min)".
  const codeIn = (text) => {
    const plain = text.normalize("NFKC");
    const whole = plain.match(/(?<!\d)\d{6}(?!\d)/);
    return whole ? whole[0] : plain.replace(/\D/g, "").slice(0, 6);
  };

  const tidy = (field) => {
    const code = codeIn(field.value);
    if (field.value !== code) field.value = code;
    if (code.length === 6) field.form.requestSubmit();
  };

  const isCode = (target) => target instanceof Element && target.matches("[data-code]");

  document.addEventListener("input", (event) => {
    if (isCode(event.target) && !event.isComposing) tidy(event.target);
  });
  document.addEventListener("compositionend", (event) => {
    if (isCode(event.target)) tidy(event.target);
  });
  document.addEventListener("paste", (event) => {
    if (!isCode(event.target) || !event.clipboardData) return;
    const code = codeIn(event.clipboardData.getData("text"));
    if (!code) return;
    event.preventDefault();
    event.target.value = code;
    tidy(event.target);
  });

  // Shows a password and hides it again; a form is always sent with it hidden, so that browsers
  // keep it as a password.
  const show = (button, shown) => {
    document.getElementById(button.dataset.show).type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", shown);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show]");
    if (button) show(button, button.getAttribute("aria-pressed") !== "true");
  });
  document.addEventListener(
    "submit",
    (event) => {
      for (const button of event.target.querySelectorAll("[data-show]")) show(button, false);
    },
    true,
  );

  // The code of a message that has just come in, where the browser may read it (WebOTP).
  let waiting;
  const awaitMessage = async (field) => {
    if (waiting) waiting.abort();
    waiting = undefined;
    if (!field || !("OTPCredential" in window)) return;
    waiting = new AbortController();
    try {
      const otp = { transport: ["sms"] };
      const message = await navigator.credentials.get({ otp, signal: waiting.signal });
      if (!message || !field.isConnected) return;
      field.value = message.code;
      tidy(field);
    } catch {
      // Nobody has to be told: the code can be typed.
    }
  };

  // A second click sends a form no second time. htmx sees to its own forms.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });

  const clock = (seconds) => {
    const two = (number) => String(number).padStart(2, "0");
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  };

  // Counts down the server's seconds, and opens the button at the end.
  const countDown = (note) => {
    const until = Date.now() + Number(note.dataset.wait) * 1000;
    const form = note.closest("form");
    const button = form.querySelector("button");
    const ready = form.querySelector("[data-ready]");
    const tick = () => {
      if (!note.isConnected) return;
      const left = Math.ceil((until - Date.now()) / 1000);
      if (left > 0) {
        button.disabled = true;
        note.querySelector("[data-clock]").textContent = clock(left);
        setTimeout(tick, until - Date.now() - (left - 1) * 1000);
      } else {
        note.hidden = true;
        button.disabled = false;
        ready.textContent = ready.dataset.ready;
      }
    };
    tick();
  };

  // What a page needs once it stands; a second call does nothing more.
  const enhance = (main) => {
    for (const note of main.querySelectorAll("[data-wait]")) {
      countDown(note);
      delete note.dataset.wait;
    }
    for (const button of main.querySelectorAll("[data-show]")) button.hidden = false;
    const code = main.querySelector("[data-code]");
    awaitMessage(code && "otp" in code.dataset ? code : null);
    const hint = main.querySelector("#code-auto");
    if (code && hint && hint.hidden) {
      hint.hidden = false;
      code.setAttribute("aria-describedby", `${code.getAttribute("aria-describedby")} code-auto`);
    }
  };

  const main = document.getElementById("main");
  // Browsers may bring back a disabled button when a page is reloaded.
  for (const button of main.querySelectorAll("button")) button.disabled = false;
  enhance(main);

  const connection = document.getElementById("connection");
  const sayLost = () => {
    connection.textContent = connection.dataset.text;
    connection.hidden = false;
    // The button that was pressed is disabled just now and has lost the focus.
    connection.focus();
  };
  document.addEventListener("htmx:sendError", sayLost);
  document.addEventListener("htmx:timeout", sayLost);
  document.addEventListener("htmx:beforeRequest", () => {
    connection.hidden = true;
    connection.textContent = "";
  });

  // A proxy's error page is not a page of ours, and must not stand inside one.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.serverResponse;
    if (event.detail.shouldSwap && (!answer.includes("data-page") || /<html/i.test(answer))) {
      event.detail.shouldSwap = false;
      sayLost();
    }
  });

  // The address moves only when the server led to another page: a form shown again with an error
  // keeps the address that a reload can show.
  document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
    const { history: update, pathInfo } = event.detail;
    const here = location.pathname + location.search;
    if (pathInfo.responsePath === pathInfo.requestPath || update.path === here) {
      update.type = "replace";
      update.path = here;
    }
  });

  // After a swap, whoever cannot see the change is taken to where to go on.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!main.contains(event.detail.elt)) return;
    enhance(main);
    const place = ["[aria-invalid=true]", "[autofocus]", "h1"]
      .map((selector) => main.querySelector(selector))
      .find(Boolean);
    (place || main).focus();
    scrollTo(0, 0);
  });
})();
