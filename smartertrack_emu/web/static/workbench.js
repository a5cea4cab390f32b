/* The workbench's script. Pages work without it: it adds calls as they come, lets commands be copied, moves the clock. */
(() => {
  "use strict";

  /* Copying. */
  const news = document.getElementById("news");
  for (const button of document.querySelectorAll(".command .copy")) {
    const code = button.parentElement.querySelector("code");
    const label = button.firstChild;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        label.data = "Copied";
      } catch {
        /* Pages that did not come over https may not: what is selected is one key away from being copied. */
        getSelection().selectAllChildren(code);
        label.data = "Selected";
      }
      setTimeout(() => { label.data = "Copy"; }, 2000);
    });
  }

  /* The clock. */
  const ticking = document.getElementById("ticking");
  if (ticking) {
    const ahead = Date.parse(ticking.dateTime) - Date.now();
    setInterval(() => {
      ticking.textContent = new Date(Date.now() + ahead).toISOString().slice(0, 19).replace("T", " ");
    }, 1000);
  }

  /* The calls. */
  const list = document.getElementById("calls");
  if (!list || !list.dataset.stream) return;

  const MOST = 200;
  const colours = { ok: "good", refused: "warning", fault: "danger", http: "danger" };
  const live = document.getElementById("live");
  const liveSaid = document.getElementById("live-said");
  const pause = document.getElementById("pause");
  const query = list.dataset.query ? `&${list.dataset.query}` : "";
  let last = Number(list.dataset.last);
  let waiting = [];
  let paused = false;

  const parts = (() => {
    const form = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
    const make = (zone) => new Intl.DateTimeFormat("en-GB", { ...form, timeZone: zone });
    try { return make(list.dataset.zone); } catch { return make("UTC"); }
  })();

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function row(call) {
    const at = Object.fromEntries(parts.formatToParts(new Date(call.at)).map((part) => [part.type, part.value]));
    const time = element("time");
    time.dateTime = call.at;
    time.append(element("span", "date", `${at.year}-${at.month}-${at.day}`), ` ${at.hour}:${at.minute}:${at.second}`);
    const link = element("a", "", call.operation || "unknown");
    link.href = list.dataset.calls + call.id;
    const cells = [
      ["time", time],
      ["service", call.service || "none"],
      ["operation", link],
      ["user", call.user || ""],
      ["outcome", element("span", `badge ${colours[call.outcome] || ""}`, call.outcome)],
      ["number code", call.code === null ? "" : String(call.code)],
      ["number ms", call.milliseconds.toFixed(1)],
    ];
    const made = element("tr", "fresh");
    for (const [className, content] of cells) {
      const cell = element("td", className);
      cell.append(content);
      made.append(cell);
    }
    if (call.why || call.message) made.children[2].append(element("span", "why", call.why || call.message));
    return made;
  }

  function show(calls) {
    if (!calls.length) return;
    document.getElementById("list").hidden = false;
    const empty = document.getElementById("empty");
    if (empty) empty.remove();
    for (const call of calls) list.prepend(row(call));
    while (list.children.length > MOST) list.lastElementChild.remove();
    const newest = calls[calls.length - 1];
    const what = `${newest.service || ""} ${newest.operation || "unknown"}, ${newest.outcome}`;
    news.textContent = calls.length === 1 ? `New call: ${what}` : `${calls.length} new calls, the last: ${what}`;
  }

  function take(call) {
    if (call.id <= last) return;
    last = call.id;
    waiting.push(call);
    if (paused) {
      if (waiting.length > MOST) waiting.shift();
      say();
    } else if (waiting.length === 1) {
      /* Those that come together are shown and told together. */
      setTimeout(() => { if (!paused) flush(); }, 100);
    }
  }

  function flush() {
    const calls = waiting;
    waiting = [];
    show(calls);
  }

  let state = "Live";
  function say(word) {
    if (word) state = word;
    live.hidden = pause.hidden = false;
    live.classList.toggle("off", paused || state !== "Live");
    liveSaid.textContent = paused ? `Paused, ${waiting.length} new` : state;
  }

  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Resume" : "Pause";
    if (!paused) flush();
    say();
  });

  function over() {
    say("Logged out");
    const link = element("a", "", "Log in again");
    link.href = list.dataset.login;
    liveSaid.append(" ", link);
  }

  /* Where the stream is refused, or something on the way holds it back, the list is asked for every other second. */
  async function poll() {
    try {
      /* The header says that a script asks: the browser itself is not to ask for a password where the session is over. */
      const headers = { "X-Requested-With": "fetch" };
      const answer = await fetch(`${list.dataset.stream}?limit=100&after=${last}${query}`, { headers });
      if (answer.status === 401 || answer.status === 403) { over(); return; }
      if (answer.ok) {
        for (const call of (await answer.json()).items.reverse()) take(call);
        say("Live");
      }
    } catch {
      say("The server does not answer");
    }
    setTimeout(poll, 2000);
  }

  function follow() {
    const stream = new EventSource(`${list.dataset.stream}/stream?after=${last}${query}`);
    stream.onopen = () => say("Live");
    stream.onmessage = (message) => take(JSON.parse(message.data));
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) poll();
      else say("The server does not answer");
    };
    addEventListener("pagehide", () => stream.close());
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  if ("EventSource" in window) follow(); else poll();
})();
