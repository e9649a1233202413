/* Confidence: while the slider moves, what the setting would do, from figures that came with the page. */

const slider = document.getElementById("answer_from");
const figures = JSON.parse(document.getElementById("effects").dataset.figures);
const places = ["answered", "wrong", "refused"].map((name) => document.getElementById(name));
const percent = (share) => `${Math.round(100 * share)} %`;

function show() {
  const figure = figures[Math.round(100 * Number(slider.value))];
  places.forEach((place, number) => { place.textContent = percent(figure[number]); });
  document.getElementById("chosen").textContent = percent(Number(slider.value));
  slider.setAttribute("aria-valuetext", percent(Number(slider.value)));
}

document.getElementById("look").hidden = true; // the button that does this without a script
slider.addEventListener("input", show);
show();
