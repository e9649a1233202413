/**
 * Transcript: what has been said, folded from the server's frames.
 *
 * Pure: `reduce(state, action)` returns the next state and touches nothing else.
 * Events are the truth and are applied once each, in order (the connection sees to
 * that). Deltas are only a preview; when one is missing, `stale` asks for a snapshot.
 * Offsets count characters as the server does: code points, not UTF-16 units.
 */

const length = (text) => [...text].length;

/** Return the state of a conversation nobody has spoken in yet. */
export function emptyTranscript(outbox = []) {
  return { conversation: null, assistant: null, messages: [], outbox, answers: [], finished: [], feedback: {}, stale: false };
}

function upsert(messages, message) {
  const index = messages.findIndex(({ id }) => id === message.id);
  return index < 0 ? [...messages, message] : messages.with(index, { ...messages[index], ...message });
}

function welcome(state, frame) {
  const moved = state.conversation !== null && state.conversation !== frame.conversation;
  const base = moved ? emptyTranscript(state.outbox) : state;
  return { ...base, conversation: frame.conversation, assistant: frame.assistant };
}

function created(state, { message }) {
  const outbox = state.outbox.filter(({ client_id }) => client_id !== message.client_id);
  return { ...state, outbox, messages: upsert(state.messages, message) };
}

function started(state, { answer, question, attempt }) {
  return withAnswer(state, { answer, question, attempt, text: "", size: 0 });
}

function reset(state, { answer, attempt }) {
  return withAnswer(state, { answer, attempt, text: "", size: 0, stage: "searching" });
}

function finished(state, { answer, message }) {
  const running = state.answers.find((one) => one.answer === answer);
  return {
    ...state,
    answers: state.answers.filter((one) => one.answer !== answer),
    finished: [...state.finished, answer],
    messages: upsert(state.messages, { ...message, question: running?.question ?? null }),
  };
}

function given(state, { message, helpful }) {
  return { ...state, feedback: { ...state.feedback, [message]: helpful } };
}

const EVENTS = {
  "message.created": created,
  "answer.started": started,
  "answer.reset": reset,
  "answer.finished": finished,
  "feedback.given": given,
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

/** Return the state after `action`: a server frame, or a local ask, retract, thumb, resumed or renew. */
export function reduce(state, action) {
  switch (action.type) {
    case "welcome": return welcome(state, action);
    case "event": return EVENTS[action.event]?.(state, action.data) ?? state;
    case "delta": return delta(state, action);
    case "snapshot": return snapshot(state, action);
    case "status": return withAnswer(state, { answer: action.answer, stage: action.stage, place: action.place ?? null });
    case "ask": return { ...state, outbox: [...state.outbox, { client_id: action.client_id, text: action.text }] };
    case "retract": return { ...state, outbox: state.outbox.filter(({ client_id }) => client_id !== action.client_id) };
    case "thumb": return given(state, action);
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
  const asked = state.messages.at(-1);
  return asked?.role === "customer" ? "queued" : null;
}

/** Return the place in line of the answer that waits for the model, from 1; 0 if none does. */
export function placeOf(state) {
  const answer = state.answers.at(-1);
  return answer?.stage === "waiting" ? (answer.place ?? 1) : 0;
}
