/** Transcript: frames in, conversation out. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { emptyTranscript, placeOf, reduce, stageOf } from "../../static/widget/transcript.js";

const run = (...actions) => actions.reduce(reduce, emptyTranscript());
const event = (name, data) => ({ type: "event", event: name, data });
const question = { id: "q", role: "customer", text: "Why?", client_id: "c" };
const asked = event("message.created", { message: question });
const started = event("answer.started", { answer: "a", question: "q", attempt: 1 });
const delta = (offset, text, attempt = 1) => ({ type: "delta", answer: "a", attempt, offset, text });
const finished = event("answer.finished", { answer: "a", message: { id: "m", role: "assistant", text: "Because.", outcome: "answered" } });

test("a question is shown at once and becomes the stored message", () => {
  const local = run({ type: "ask", client_id: "c", text: "Why?" });
  const stored = reduce(local, asked);

  assert.deepEqual(local.outbox, [{ client_id: "c", text: "Why?" }]);
  assert.deepEqual(stored.outbox, []);
  assert.deepEqual(stored.messages, [question]);
});

test("deltas join into the text, whatever overlaps", () => {
  const state = run(asked, started, delta(0, "Be"), delta(0, "Beca"), delta(4, "use"), delta(2, "ca"));

  assert.equal(state.answers[0].text, "Because");
  assert.equal(state.stale, false);
});

test("offsets count characters, not UTF-16 units", () => {
  const state = run(asked, started, delta(0, "🧺🧼"), delta(2, "!"), delta(1, "🧼!?"));

  assert.equal(state.answers[0].text, "🧺🧼!?");
});

test("a gap asks for a snapshot, and the snapshot heals it", () => {
  const gap = run(asked, started, delta(0, "Be"), delta(9, "late"));
  const healed = reduce(gap, { type: "snapshot", answer: "a", attempt: 1, text: "Because it" });

  assert.equal(gap.stale, true);
  assert.equal(gap.answers[0].text, "Be");
  assert.equal(healed.stale, false);
  assert.equal(reduce(healed, delta(10, " is")).answers[0].text, "Because it is");
});

test("a new attempt voids the text, and the old attempt is heard no more", () => {
  const state = run(asked, started, delta(0, "Wrong"), event("answer.reset", { answer: "a", attempt: 2 }));
  const late = reduce(state, delta(5, " words", 1));

  assert.equal(state.answers[0].text, "");
  assert.equal(late.answers[0].text, "");
  assert.equal(reduce(late, delta(0, "Right", 2)).answers[0].text, "Right");
});

test("a finished answer replaces its preview and cannot come back", () => {
  const state = run(asked, started, delta(0, "Beca"), finished, delta(4, "use"), { type: "status", answer: "a", stage: "writing" });

  assert.deepEqual(state.answers, []);
  assert.deepEqual(state.messages.map(({ id }) => id), ["q", "m"]);
  assert.equal(state.messages[1].question, "q");
  assert.equal(stageOf(state), null);
});

test("what the assistant does is told from the last fact", () => {
  assert.equal(stageOf(run({ type: "ask", client_id: "c", text: "Why?" })), "sending");
  assert.equal(stageOf(run(asked)), "queued");
  assert.equal(stageOf(run(asked, started, { type: "status", answer: "a", stage: "searching" })), "searching");
  assert.equal(stageOf(run(asked, started, delta(0, "B"))), "writing");
});

test("who waits in line is told the place, until it is their turn", () => {
  const waiting = run(asked, started, { type: "status", answer: "a", stage: "waiting", place: 3 });
  const next = reduce(waiting, { type: "status", answer: "a", stage: "waiting", place: 1 });
  const writing = reduce(next, { type: "status", answer: "a", stage: "writing" });

  assert.deepEqual([waiting, next, writing].map(placeOf), [3, 1, 0]);
  assert.equal(stageOf(waiting), "waiting");
  assert.equal(stageOf(writing), "writing");
});

test("another conversation starts from nothing", () => {
  const welcome = (conversation) => ({ type: "welcome", conversation, assistant: {} });
  const same = run(welcome(null), asked, welcome("one"), welcome("one"));
  const moved = reduce(same, welcome("two"));

  assert.equal(same.messages.length, 1);
  assert.equal(moved.messages.length, 0);
});
