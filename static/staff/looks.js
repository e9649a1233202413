/* Looks: from the form to the preview beside it, at every change; the frame is told, nothing is saved. */

const form = document.getElementById("looks");
const preview = document.getElementById("preview");
const launcher = document.getElementById("launcher");
let logo = form.dataset.logo ?? "";

function theme() {
  const value = (name) => form.elements[name].value;
  return {
    color: value("color"),
    scheme: value("scheme"),
    font: value("font"),
    radius: Number(value("radius")) || 0,
    position: value("position"),
    offset: Number(value("offset")) || 0,
    launcher: value("launcher"),
    logo: form.elements.no_logo.checked ? "" : logo,
  };
}

/** Return black or white, whichever is easier to read on a colour (relative luminance of WCAG 2). */
function inkOn(color) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}

function show() {
  const look = theme();
  preview.contentWindow?.postMessage({ supportbot: "theme", theme: look }, location.origin);
  preview.style.setProperty("--preview-radius", `${look.radius}px`);
  launcher.textContent = look.launcher || "?";
  launcher.classList.toggle("at-start", look.position === "start");
  launcher.style.setProperty("--preview-color", look.color);
  launcher.style.setProperty("--preview-ink", inkOn(look.color));
}

function readLogo() {
  const [file] = form.elements.logo.files;
  if (!file) return show();
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    logo = String(reader.result);
    show();
  });
  reader.readAsDataURL(file);
}

form.addEventListener("input", show);
form.elements.logo.addEventListener("change", readLogo);
preview.addEventListener("load", show);
show();
