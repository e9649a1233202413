/* Connection: from a request of htmx that failed to one sentence for staff; it goes when the next one works. */

const trouble = document.getElementById("trouble");

function say(text) {
  if (trouble.textContent !== text) trouble.textContent = text;
  trouble.hidden = false;
}

document.body.addEventListener("htmx:sendError", () => say(trouble.dataset.textLost));
document.body.addEventListener("htmx:responseError", (event) => {
  // 401 carries HX-Redirect: the login page is on its way.
  if (event.detail.xhr.status !== 401) say(trouble.dataset.textRefused);
});
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) trouble.hidden = true;
});
