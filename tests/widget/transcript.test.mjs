/** Transcript: frames in, conversation out. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { emptyTranscript, placeOf, questionsNext, reduce, stageOf } from "../../static/widget/transcript.js";

const run = (...actions) => actions.reduce(reduce, emptyTranscript());
const at = "2026-01-01T00:00:00Z";
const event = (name, data, seq = 1) => ({ type: "event", event: name, data, seq, at });
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
  assert.deepEqual(stored.messages, [{ ...question, at }]);
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

const requested = event("handoff.requested", { handoff: 1, reason: "asked" }, 2);
const joined = event("handoff.joined", { handoff: 1, staff: { name: "Ben" } }, 3);

test("a conversation passes to a person and back, each step a line", () => {
  const waiting = run(asked, requested);
  const apart = reduce(waiting, joined);
  const back = reduce(apart, event("handoff.finished", { handoff: 1, end: "released" }, 4));

  assert.deepEqual([waiting.care, apart.care, apart.person, back.care, back.person], ["waiting", "joined", "Ben", "assistant", ""]);
  assert.deepEqual(back.messages.slice(1).map(({ note, person }) => [note, person]), [["requested", ""], ["joined", "Ben"], ["finished", "Ben"]]);
  assert.equal(stageOf(waiting), null);
});

test("a closed conversation says so once", () => {
  const state = run(asked, joined, event("handoff.finished", { handoff: 1, end: "closed" }, 4), event("conversation.closed", {}, 5));

  assert.deepEqual(state.messages.slice(1).map(({ note }) => note), ["joined", "closed"]);
  assert.equal(state.care, "assistant");
});

test("an offered person stays offered until they are called, declined or an answer helped", () => {
  const thumb = event("feedback.given", { message: "m", helpful: false, offer_handoff: true }, 5);
  const offered = run(asked, started, finished, thumb);

  assert.equal(offered.offer, true);
  assert.equal(reduce(offered, requested).offer, false);
  assert.equal(reduce(offered, { type: "decline" }).offer, false);
  assert.equal(reduce(reduce(offered, started), finished).offer, false);
});

test("somebody writes until they stop or have written", () => {
  const writing = run(asked, joined, { type: "typing", who: { name: "Ben" }, active: true });
  const written = event("message.created", { message: { id: "s", role: "staff", text: "Hi", client_id: null } }, 4);

  assert.equal(writing.typing, "Ben");
  assert.equal(reduce(writing, { type: "typing", who: { name: "Ben" }, active: false }).typing, "");
  assert.equal(reduce(writing, written).typing, "");
});

test("only the last answer has questions to go on with, and only for the assistant", () => {
  const answer = (more) => event("answer.finished", { answer: "a", message: { id: "m", role: "assistant", text: "Which?\n\n- one\n- two", ...more } });
  const followed = run(asked, started, answer({ outcome: "answered", follow_ups: ["And?"] }));

  assert.deepEqual(questionsNext(followed), ["And?"]);
  assert.deepEqual(questionsNext(run(asked, started, answer({ outcome: "clarified" }))), ["one", "two"]);
  assert.deepEqual(questionsNext(run(asked, started, answer({ outcome: "answered" }))), []);
  assert.deepEqual(questionsNext(reduce(followed, { type: "ask", client_id: "d", text: "And?" })), []);
  assert.deepEqual(questionsNext(reduce(followed, joined)), []);
});
