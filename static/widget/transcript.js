/**
 * Transcript: what has been said, folded from the server's frames.
 *
 * Pure: `reduce(state, action)` returns the next state and touches nothing else.
 * Events are the truth and are applied once each, in order (the connection sees to
 * that). Deltas are only a preview; when one is missing, `stale` asks for a snapshot.
 * Offsets count characters as the server does: code points, not UTF-16 units.
 */

const length = (text) => [...text].length;

/**
 * Return the state of a conversation nobody has spoken in yet. `care` says who answers: the "assistant", or
 * staff, "waiting" to come or "joined", with the `person`'s name; `offer` that a person should be offered.
 */
export function emptyTranscript(outbox = []) {
  return {
    conversation: null, assistant: null, messages: [], outbox, answers: [], finished: [], feedback: {}, stale: false,
    care: "assistant", person: "", offer: false, typing: "", contact: null, staff: null,
  };
}

function upsert(messages, message) {
  const index = messages.findIndex(({ id }) => id === message.id);
  return index < 0 ? [...messages, message] : messages.with(index, { ...messages[index], ...message });
}

function welcome(state, frame) {
  const moved = state.conversation !== null && state.conversation !== frame.conversation;
  const base = moved ? emptyTranscript(state.outbox) : state;
  const { conversation, assistant, contact = null, staff = null } = frame;
  return { ...base, conversation, assistant, contact, staff };
}

function created(state, { message }, _, at) {
  const outbox = state.outbox.filter(({ client_id }) => client_id !== message.client_id);
  const typing = message.role === "staff" ? "" : state.typing;
  return { ...state, outbox, typing, messages: upsert(state.messages, { ...message, at }) };
}

function started(state, { answer, question, attempt }) {
  return withAnswer(state, { answer, question, attempt, text: "", size: 0 });
}

function reset(state, { answer, attempt }) {
  return withAnswer(state, { answer, attempt, text: "", size: 0, stage: "searching" });
}

function finished(state, { answer, message, offer_handoff: offer = false }, _, at) {
  const running = state.answers.find((one) => one.answer === answer);
  return {
    ...state,
    answers: state.answers.filter((one) => one.answer !== answer),
    finished: [...state.finished, answer],
    offer: offer || message.outcome === "handoff",
    messages: upsert(state.messages, { ...message, at, question: running?.question ?? null }),
  };
}

function given(state, { message, helpful, offer_handoff: offer = false }) {
  return { ...state, offer: state.offer || offer, feedback: { ...state.feedback, [message]: helpful } };
}

/** A fact that stands between the messages as one line; answers in the making end where a person begins. */
function noted(state, seq, note, change = {}) {
  const line = { id: `event ${seq}`, role: "note", note, person: change.person || state.person };
  return { ...state, offer: false, typing: "", answers: [], messages: [...state.messages, line], ...change };
}

const requested = (state, _, seq) => noted(state, seq, "requested", { care: "waiting", person: "" });
const joined = (state, { staff }, seq) => noted(state, seq, "joined", { care: "joined", person: staff.name });
const ended = (state, { end }, seq) => {
  const change = { care: "assistant", person: "" };
  // What closes a conversation says so itself, in the next event.
  return end === "closed" ? { ...state, ...change } : noted(state, seq, "finished", change);
};
const closed = (state, _, seq) => noted(state, seq, "closed", { care: "assistant" });
const reopened = (state, _, seq) => noted(state, seq, "reopened");

const EVENTS = {
  "message.created": created,
  "answer.started": started,
  "answer.reset": reset,
  "answer.finished": finished,
  "feedback.given": given,
  "contact.given": (state, contact) => ({ ...state, contact }),
  "handoff.requested": requested,
  "handoff.joined": joined,
  "handoff.finished": ended,
  "conversation.closed": closed,
  "conversation.reopened": reopened,
};

/** Merge `change` into its running answer; one that is finished or stopped stays so. */
function withAnswer(state, change) {
  if (state.finished.includes(change.answer)) return state;
  const known = state.answers.find((one) => one.answer === change.answer);
  const blank = { question: null, attempt: 0, text: "", size: 0, stage: "queued" };
  const answers = known
    ? state.answers.map((one) => (one === known ? { ...one, ...change } : one))
    : [...state.answers, { ...blank, ...change }];
  return { ...state, answers };
}

function delta(state, { answer, attempt, offset, text }) {
  if (state.finished.includes(answer)) return state;
  const known = state.answers.find((one) => one.answer === answer) ?? { attempt: 0, text: "", size: 0 };
  if (attempt < known.attempt) return state;
  const size = attempt > known.attempt ? 0 : known.size;
  if (offset > size) return { ...state, stale: true };
  const fresh = [...text].slice(size - offset);
  const before = attempt > known.attempt ? "" : known.text;
  return withAnswer(state, { answer, attempt, text: before + fresh.join(""), size: size + fresh.length, stage: "writing" });
}

function snapshot(state, { answer, attempt, text }) {
  const known = state.answers.find((one) => one.answer === answer);
  if (known && attempt < known.attempt) return state;
  const stage = text ? "writing" : (known?.stage ?? "searching");
  return { ...withAnswer(state, { answer, attempt, text, size: length(text), stage }), stale: false };
}

/** Return the state after `action`: a server frame, or a local ask, retract, thumb, resumed, decline or renew. */
export function reduce(state, action) {
  switch (action.type) {
    case "welcome": return welcome(state, action);
    case "event": return EVENTS[action.event]?.(state, action.data, action.seq, action.at) ?? state;
    case "typing": return { ...state, typing: action.active ? action.who.name : "" };
    case "delta": return delta(state, action);
    case "snapshot": return snapshot(state, action);
    case "status": return withAnswer(state, { answer: action.answer, stage: action.stage, place: action.place ?? null });
    case "ask": return { ...state, outbox: [...state.outbox, { client_id: action.client_id, text: action.text }] };
    case "retract": return { ...state, outbox: state.outbox.filter(({ client_id }) => client_id !== action.client_id) };
    case "thumb": return given(state, action);
    case "decline": return { ...state, offer: false };
    case "resumed": return { ...state, stale: false };
    case "renew": return { ...emptyTranscript(), assistant: state.assistant };
    default: return state;
  }
}

/** Return what the assistant is doing: "sending", "queued", "searching", "waiting", "writing" or null. */
export function stageOf(state) {
  const answer = state.answers.at(-1);
  if (answer) return answer.stage;
  if (state.outbox.length) return "sending";
  if (state.care !== "assistant") return null;
  const asked = state.messages.at(-1);
  return asked?.role === "customer" ? "queued" : null;
}

/** Return the place in line of the answer that waits for the model, from 1; 0 if none does. */
export function placeOf(state) {
  const answer = state.answers.at(-1);
  return answer?.stage === "waiting" ? (answer.place ?? 1) : 0;
}

/** Return the questions to offer next: follow-ups of the last answer, or the readings of a question back. */
export function questionsNext(state) {
  const last = state.messages.at(-1);
  if (last?.role !== "assistant" || state.outbox.length || state.answers.length || state.care !== "assistant") return [];
  if (last.follow_ups?.length) return last.follow_ups;
  return last.outcome === "clarified" ? last.text.split("\n").flatMap((line) => /^[-*] (.+)/.exec(line)?.[1] ?? []) : [];
}
