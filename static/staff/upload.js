/* Upload: from chosen or dropped files to accepted documents, with a bar and a sentence for each file.

   Without this module the plain form does the same, with one answer for all files. Two files travel at a
   time: more only share the same line. */

const AT_ONCE = 2;
const MEGABYTE = 1_000_000;

const form = document.getElementById("upload");
if (form) enhance(form);

function enhance(form) {
  const input = form.elements.files;
  const list = form.querySelector(".upload-files");
  const queue = [];
  let running = 0;

  function add(files) {
    for (const file of files) {
      const line = lineOf(file, form.dataset.textWaiting);
      list.append(line.item);
      if (file.size > Number(form.dataset.maxMb) * MEGABYTE) line.finish(false, form.dataset.textLarge);
      else queue.push({ file, line, collection: form.elements.collection.value });
    }
    work();
  }

  function work() {
    while (running < AT_ONCE && queue.length) {
      running += 1;
      send(form, queue.shift()).finally(() => {
        running -= 1;
        work();
      });
    }
  }

  input.required = false;
  form.addEventListener("submit", (event) => {
    if (!input.files.length) return; // the server says that nothing was chosen
    event.preventDefault();
    add(input.files);
    input.value = "";
  });
  acceptDrops(form, add);
}

function acceptDrops(form, add) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  form.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    form.classList.add("is-target");
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("is-target");
  });
  form.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    form.classList.remove("is-target");
    add(event.dataTransfer.files);
  });
}

/* One line of the list: name, bar, sentence. */
function lineOf(file, text) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const bar = document.createElement("progress");
  const sentence = document.createElement("span");
  name.className = "file-name";
  name.dir = "auto";
  name.textContent = file.name;
  bar.className = "meter";
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  sentence.className = "faint";
  sentence.textContent = text;
  item.append(name, bar, sentence);
  return {
    item,
    show(percent, words) {
      bar.value = percent;
      if (sentence.textContent !== words) sentence.textContent = words;
    },
    finish(accepted, words) {
      bar.remove();
      sentence.className = accepted ? "file-accepted" : "file-refused";
      sentence.textContent = words;
    },
  };
}

/* Send one file; resolves when the server has answered or cannot be reached. */
function send(form, { file, line, collection }) {
  const text = form.dataset;
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  data.set("collection", collection);
  data.set("files", file, file.name);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      const percent = event.lengthComputable ? Math.floor((100 * event.loaded) / event.total) : 0;
      line.show(percent, percent < 100 ? `${text.textSending}, ${percent} %` : text.textStoring);
    });
    request.addEventListener("load", () => answer(line, request, text));
    request.addEventListener("error", () => line.finish(false, text.textLost));
    request.addEventListener("loadend", resolve);
    request.send(data);
  });
}

function answer(line, request, text) {
  let receipt;
  try {
    receipt = JSON.parse(request.responseText).files[0];
  } catch {
    receipt = { accepted: false, sentence: text.textRefused }; // a login page or an error page
  }
  line.finish(receipt.accepted, receipt.sentence);
  if (receipt.accepted) document.body.dispatchEvent(new CustomEvent("documents-changed"));
}
