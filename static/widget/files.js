/**
 * Files: one that goes to staff, and the conversation as one to keep.
 *
 * The message of a sent file comes back over the socket like every other; here only its
 * bytes travel. The text file is made in the browser, with all sources.
 */

import { placeOf } from "./citation_view.js";
import { safeAddress } from "./markdown_inline.js";

const MOST_MEGABYTES = 10;
const ADDRESS = "/widget/v1/attachments/";

/**
 * Send `file` with `fields` of the form, as whoever has `token`; return null, or the sentence that says
 * what went wrong. `progress(share)` hears how much has left, 0 to 1.
 */
export function sendFile(file, { token, fields }, say, progress) {
  if (file.size > MOST_MEGABYTES * 2 ** 20) return Promise.resolve(say("attach.large", { limit: MOST_MEGABYTES }));
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  return new Promise((resolve) => {
    // fetch() does not tell how much of a body has left.
    const request = new XMLHttpRequest();
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onloadend = () => {
      const sentence = request.response?.error?.message;
      resolve(request.status >= 200 && request.status < 300 ? null : (sentence ?? say("attach.failed")));
    };
    request.open("POST", ADDRESS);
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.send(form);
  });
}

function speakerOf({ role, author }, say, name) {
  if (role === "customer") return say("customer.you");
  return role === "staff" ? (author?.name ?? say("staff.label")) : `${name} (${say("assistant.label")})`;
}

function sourceLines(citations, say, origin) {
  return citations.map((citation) => {
    const place = placeOf(citation, say);
    const address = safeAddress(citation.url ?? "") ? ` ${new URL(citation.url, origin).href}` : "";
    return `[${citation.number}] ${citation.title}${place && `, ${place}`}: “${citation.quote}”${address}`;
  });
}

/** Return the messages of a transcript as plain text; `page` is {name, locale, origin}. */
export function transcriptText(messages, say, { name, locale, origin }) {
  const time = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const entries = messages.map((message) => {
    if (message.role === "note") return `— ${say(`note.${message.note}`, { name: message.person })}`;
    const when = message.at ? `, ${time.format(new Date(message.at))}` : "";
    const files = (message.attachments ?? []).map((file) => `📎 ${file.name}`);
    const sources = sourceLines(message.citations ?? [], say, origin);
    return [`${speakerOf(message, say, name)}${when}`, message.text, ...files, ...sources].filter(Boolean).join("\n");
  });
  return `${name}\n\n${entries.join("\n\n")}\n`;
}

/** Let the browser save `text` under `name`. */
export function saveText(text, name) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
