/** Connection: every event once and in order, every question until it is stored. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { backOff, Connection } from "../../static/widget/connection.js";

/** A network and a clock under the test's hand. */
class Network {
  sockets = [];
  now = 0;
  timers = new Map();
  frames = [];
  states = [];

  constructor() {
    let next = 1;
    const ports = {
      open: () => this.#open(),
      setTimeout: (call, wait) => (this.timers.set(next, { call, at: this.now + wait }), next++),
      clearTimeout: (id) => this.timers.delete(id),
      random: () => 0.5,
    };
    const listener = { frame: (frame) => this.frames.push(frame), state: (state) => this.states.push(state) };
    this.connection = new Connection({ url: "ws://x/ws/chat/", hello: () => ({ assistant: "demo", token: "t".repeat(43), locale: "en" }) }, listener, ports);
  }

  #open() {
    const socket = { sent: [], closed: false, send: (text) => socket.sent.push(JSON.parse(text)), close: () => (socket.closed = true) };
    this.sockets.push(socket);
    return socket;
  }

  get socket() {
    return this.sockets.at(-1);
  }

  hear(frame) {
    this.socket.onmessage({ data: JSON.stringify(frame) });
  }

  welcome(headSeq = 0, conversation = "one") {
    this.socket.onopen();
    this.hear({ type: "welcome", conversation, head_seq: headSeq, assistant: {} });
  }

  event(seq, data = { message: { client_id: null } }, name = "message.created") {
    this.hear({ type: "event", seq, event: name, data });
  }

  pass(milliseconds) {
    const until = this.now + milliseconds;
    for (;;) {
      const due = [...this.timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.now = due[1].at;
      due[1].call();
    }
    this.now = until;
  }

  sent(type) {
    return this.sockets.flatMap((socket) => socket.sent).filter((frame) => frame.type === type);
  }

  seqs() {
    return this.frames.filter(({ type }) => type === "event").map(({ seq }) => seq);
  }
}

function connected() {
  const network = new Network();
  network.connection.connect();
  network.welcome();
  return network;
}

test("hello is the first frame and carries what was seen", () => {
  const network = connected();
  network.event(1);
  network.socket.onclose({ code: 1006 });
  network.pass(1_000);
  network.socket.onopen();

  assert.equal(network.sockets[0].sent[0].type, "hello");
  assert.deepEqual(network.sent("hello").map(({ last_seq }) => last_seq), [0, 1]);
});

test("an event is passed on once and in order", () => {
  const network = connected();

  for (const seq of [1, 2, 2, 1, 4]) network.event(seq);
  network.event(3);
  network.event(4);

  assert.deepEqual(network.seqs(), [1, 2, 3, 4]);
  assert.deepEqual(network.sent("resume"), [{ type: "resume", last_seq: 2 }]);
});

test("a lost tail is noticed by the pong", () => {
  const network = connected();
  network.event(1);

  network.pass(20_000);
  network.hear({ type: "pong", head_seq: 3 });

  assert.deepEqual(network.sent("resume"), [{ type: "resume", last_seq: 1 }]);
});

test("a silent socket is given up and replaced", () => {
  const network = connected();

  network.pass(31_000);

  assert.equal(network.sockets[0].closed, true);
  assert.equal(network.sockets.length, 2);
});

test("a question is repeated with its id until it is stored", () => {
  const network = connected();
  network.connection.ask("c", "Why?");
  network.pass(8_000);
  network.socket.onclose({ code: 1012 });
  network.pass(1_000);
  network.welcome();

  network.event(1, { message: { client_id: "c" } });
  network.pass(15_000);

  assert.deepEqual(network.sent("ask"), Array(3).fill({ type: "ask", client_id: "c", text: "Why?" }));
});

test("a question asked while offline goes out with the welcome", () => {
  const network = new Network();
  network.connection.ask("c", "Why?");

  network.connection.connect();
  network.welcome();

  assert.equal(network.sent("ask").length, 1);
});

test("a refused question is not repeated", () => {
  const network = connected();
  network.connection.ask("c", "x");

  network.hear({ type: "error", code: "too_long", detail: "Too long.", client_id: "c" });
  network.pass(9_000);

  assert.equal(network.sent("ask").length, 1);
});

test("feedback is repeated after a break until it is recorded", () => {
  const network = connected();
  network.connection.wish("m", { type: "feedback", message: "m", helpful: false, reason: "wrong" });
  network.socket.onclose({ code: 1006 });
  network.pass(1_000);
  network.welcome();
  network.event(1, { message: "m", helpful: false }, "feedback.given");
  network.socket.onclose({ code: 1006 });
  network.pass(1_000);
  network.welcome(1);

  assert.equal(network.sent("feedback").length, 2);
});

test("back-off doubles up to eight seconds, after eight tries up to thirty, and is drawn in full", () => {
  const ceilings = [0, 1, 2, 3, 4, 7, 8, 50].map((failures) => backOff(failures, () => 1));

  assert.deepEqual(ceilings, [500, 1_000, 2_000, 4_000, 8_000, 8_000, 30_000, 30_000]);
  assert.equal(backOff(5, () => 0), 0);
});

test("a wake-up call ends the waiting at once", () => {
  const network = connected();
  for (let failure = 0; failure < 8; failure += 1) {
    network.socket.onclose({ code: 1006 });
    network.connection.connect();
  }

  assert.equal(network.sockets.length, 9);
});

test("after a refusal nothing is tried again", () => {
  const network = connected();

  network.socket.onclose({ code: 4404 });
  network.pass(120_000);
  network.connection.connect();

  assert.equal(network.sockets.length, 1);
  assert.equal(network.states.at(-1), "refused");
});

test("another conversation is read from its beginning", () => {
  const network = connected();
  network.event(1);
  network.socket.onclose({ code: 1006 });
  network.pass(1_000);

  network.welcome(2, "two");
  network.event(1);
  network.event(2);

  assert.deepEqual(network.sent("resume"), [{ type: "resume", last_seq: 0 }]);
  assert.deepEqual(network.seqs(), [1, 1, 2]);
});

test("a question over the limit is kept, and sent again when the limit is over", () => {
  const network = connected();
  network.connection.ask("c", "Why?");
  network.hear({ type: "error", code: "rate_limited", detail: "Slowly.", client_id: "c", retry_after: 30 });
  network.hear({ type: "pong", head_seq: 0 });

  for (let ping = 0; ping < 2; ping += 1) {
    network.pass(14_900);
    network.hear({ type: "pong", head_seq: 0 });
  }
  assert.equal(network.sent("ask").length, 1);
  network.pass(300);

  assert.equal(network.sent("ask").length, 2);
});

test("a socket that is closed for the limit stays away as long as it was told", () => {
  const network = connected();
  network.hear({ type: "error", code: "rate_limited", detail: "Slowly.", retry_after: 10 });
  network.socket.onclose({ code: 1013 });

  network.pass(9_900);
  assert.equal(network.sockets.length, 1);
  network.pass(700);

  assert.equal(network.sockets.length, 2);
});

test("a limit that is over delays nothing any more", () => {
  const network = connected();
  network.hear({ type: "error", code: "rate_limited", detail: "Slowly.", retry_after: 10 });
  network.pass(11_000);
  network.socket.onclose({ code: 1006 });

  network.pass(600);

  assert.equal(network.sockets.length, 2);
});

test("a wish is repeated after a break until it is known to be granted", () => {
  const network = connected();
  network.connection.wish("handoff", { type: "handoff", wanted: true });
  network.connection.wish("contact", { type: "contact", name: "", email: "cleo@example.com" });
  network.socket.onclose({ code: 1006 });
  network.pass(1_000);
  network.welcome();
  network.event(1, { handoff: 1, reason: "asked" }, "handoff.requested");
  network.event(2, { name: "", email: "cleo@example.com" }, "contact.given");
  network.socket.onclose({ code: 1006 });
  network.pass(1_000);
  network.welcome(2);

  assert.equal(network.sent("handoff").length, 2);
  assert.equal(network.sent("contact").length, 2);
});

test("a website's word for who this is goes out once, whenever it came", () => {
  const network = new Network();
  network.connection.identify("a.b.c");
  network.connection.connect();
  network.welcome();
  network.socket.onclose({ code: 1006 });
  network.pass(1_000);
  network.welcome();

  assert.deepEqual(network.sent("identify"), [{ type: "identify", identity: "a.b.c" }]);
});

test("what has been looked at is said once and only forwards", () => {
  const network = connected();

  for (const seq of [2, 2, 1, 3]) network.connection.see(seq);

  assert.deepEqual(network.sent("seen").map(({ seq }) => seq), [2, 3]);
});
