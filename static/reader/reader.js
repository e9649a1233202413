/**
 * Reader: brings the cited passage to the middle of the window and the reading to it.
 *
 * The #passage link works without this; here it is centred, and focused so that a
 * screen reader and the Tab key go on from there.
 */

const passage = document.getElementById("passage") ?? document.querySelector("mark");

if (passage && (location.hash === "#passage" || !location.hash)) {
  passage.id = "passage";
  passage.tabIndex = -1;
  passage.scrollIntoView({ block: "center" });
  passage.focus({ preventScroll: true });
}
