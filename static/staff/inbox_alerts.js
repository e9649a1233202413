/* Alerts: the number in the title, and a sound and a notification when a customer begins to wait unseen.

   Nothing is asked for by itself: only the button asks the browser for leave. */

const KEPT = "supportbot-inbox-alerts";
const NOTES = [[660, 0], [880, 0.14]]; // Hz, seconds from the beginning

export class Alerts {
  #texts;
  #title = document.title.replace(/^\(\d+\) /, "");
  #last = null;
  #sound = null;

  constructor(root) {
    this.#texts = root.dataset;
    document.addEventListener("click", ({ target }) => {
      if (target.closest("#alerts")) this.#switch();
    });
  }

  get #isOn() {
    return localStorage.getItem(KEPT) === "on";
  }

  /** Look at what the panes say now: how many wait, and whether somebody began to. */
  look() {
    const rows = document.getElementById("rows");
    if (!rows) return;
    const count = document.querySelector('#queues [data-queue="waiting"]')?.dataset.count ?? "0";
    document.title = count === "0" ? this.#title : `(${count}) ${this.#title}`;
    const last = Number(rows.dataset.lastWait || 0);
    if (this.#last !== null && last > this.#last && document.hidden && this.#isOn) this.#ring();
    this.#last = last;
    this.#showButton();
  }

  async #switch() {
    if (this.#isOn) {
      localStorage.removeItem(KEPT);
      this.#showButton();
      return;
    }
    localStorage.setItem(KEPT, "on");
    this.#play(0.15);
    const leave = "Notification" in window ? await Notification.requestPermission() : "denied";
    if (leave !== "granted") say(this.#texts.textDenied);
    this.#showButton();
  }

  #showButton() {
    const button = document.getElementById("alerts");
    if (!button) return;
    button.hidden = false;
    button.setAttribute("aria-pressed", String(this.#isOn));
  }

  #ring() {
    this.#play(0.3);
    if ("Notification" in window && Notification.permission === "granted") {
      const notice = new Notification(this.#texts.textWaits, { tag: "supportbot-inbox" });
      notice.onclick = () => { window.focus(); notice.close(); };
    }
  }

  /** Two short notes, made here: no file has to be fetched. */
  #play(volume) {
    this.#sound ??= new AudioContext();
    for (const [pitch, after] of NOTES) {
      const tone = this.#sound.createOscillator();
      const loudness = this.#sound.createGain();
      const at = this.#sound.currentTime + after;
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(volume, at);
      loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.25);
      tone.connect(loudness).connect(this.#sound.destination);
      tone.start(at);
      tone.stop(at + 0.26);
    }
  }
}

function say(sentence) {
  const messages = document.getElementById("messages");
  const line = document.createElement("p");
  line.className = "notice notice-info";
  line.textContent = sentence;
  messages.replaceChildren(line);
}
