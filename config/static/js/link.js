// The link to a live session: a WebSocket that resumes after the last number, long polling where none gets through, and
// in a private session, which is read by those who take part alone.
// Every event is handed on once and in order; a missing number is fetched before anything after it is shown.
const SILENCE_MS = 25_000; // the server's heart beats every 10 s
const LONGEST_WAIT_MS = 15_000;
const POLL_S = 20;
const SOCKET_AGAIN_MS = 60_000;
const GONE = 4404;

export class Link {
  constructor({ socketPath, eventsPath, last, onEvent, onTime, onState }) {
    Object.assign(this, { socketPath, eventsPath, last, onEvent, onTime, onState });
    this.failures = 0; // connections in a row that never opened
    this.lost = false;
    this.waiting = [];
  }

  start() {
    this.onState("connecting", this.last);
    window.addEventListener("offline", () => this.over || this.drop());
    window.addEventListener("online", () => this.over || this.connect());
    this.connect();
  }

  /** Let the line go: the last word has been said. */
  end() {
    this.over = true;
    this.polling = false;
    clearTimeout(this.retry);
    this.leave();
    this.onState("over", this.last);
  }

  connect() {
    clearTimeout(this.retry);
    this.leave();
    if (!this.socketPath) return void this.poll(); // a private session has no socket
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.socketPath}?after=${this.last}`);
    this.socket = socket;
    const mine = (act) => (event) => socket === this.socket && act(event);
    socket.onmessage = mine(({ data }) => this.hear(JSON.parse(data)));
    socket.onclose = mine(({ code }) => this.closed(code));
    this.listenForSilence();
  }

  leave() {
    const socket = this.socket;
    this.socket = null;
    clearTimeout(this.silence);
    socket?.close();
  }

  drop() {
    this.leave();
    this.closed(0);
  }

  closed(code) {
    clearTimeout(this.silence);
    this.socket = null;
    if (code === GONE) return this.onState("gone", this.last);
    this.lost = true;
    this.failures += 1;
    this.onState("lost", this.last);
    if (this.failures > 3 && navigator.onLine !== false) this.poll();
    const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.failures) * (0.5 + Math.random() / 2);
    this.retry = setTimeout(() => this.connect(), this.polling ? SOCKET_AGAIN_MS : wait);
  }

  listenForSilence() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.drop(), SILENCE_MS);
  }

  hear(message) {
    this.listenForSilence();
    if (Array.isArray(message)) for (const event of message) this.take(event);
    else if ("time" in message) this.greet(message);
    else this.take(message);
    this.settle();
  }

  greet({ time, head }) {
    this.failures = 0;
    this.polling = false;
    this.head = Math.max(head, this.last);
    this.onTime(time);
    if (head < this.last) location.reload(); // what this page shows is not in the record
  }

  /** Say that all is well once everything up to the server's head is shown. */
  settle() {
    if (this.over) return;
    if (this.last < (this.head ?? Infinity)) return;
    this.onState(this.lost ? "restored" : "open", this.last);
  }

  take(event) {
    if (event.seq <= this.last) return;
    if (event.seq > this.last + 1) {
      this.waiting.push(event);
      this.fill();
      return;
    }
    this.last = event.seq;
    this.onEvent(event);
    const next = this.waiting.findIndex(({ seq }) => seq === this.last + 1);
    if (next >= 0) this.take(this.waiting.splice(next, 1)[0]);
  }

  /** Fetch what is missing before the events that wait. */
  async fill() {
    if (this.filling) return;
    this.filling = true;
    try {
      await this.read(0);
    } catch {
      this.drop();
    } finally {
      this.filling = false;
    }
    this.waiting = this.waiting.filter(({ seq }) => seq > this.last);
  }

  async read(wait) {
    const path = `${this.eventsPath}?after=${this.last}&wait=${wait}`;
    const credentials = this.socketPath ? "omit" : "same-origin"; // what is public is read without a sign of presence
    const answer = await fetch(path, { cache: "no-store", credentials });
    if (!answer.ok) throw new Error(`${answer.status}`);
    for (const event of (await answer.json()).events) this.take(event);
  }

  /** Read over HTTP, waiting on the server, until a socket gets through again. */
  async poll() {
    if (this.polling) return;
    this.polling = true;
    while (this.polling) {
      try {
        await this.read(POLL_S);
        if (this.polling) this.onState("polling", this.last);
      } catch {
        if (this.polling) this.onState("lost", this.last);
        await new Promise((resolve) => setTimeout(resolve, 3000));
      }
    }
  }
}
