// 朗读: after a tap, and only where the phone has a Chinese voice; a second tap ends it.
(() => {
  const button = document.querySelector("[data-read]");
  const speech = window.speechSynthesis;
  if (!button || !speech) return;
  const label = button.firstElementChild;
  const voice = () => speech.getVoices().find((one) => /^(zh|cmn)\b/i.test(one.lang));
  const spoken = (line) =>
    line
      .replace(/(\d),(?=\d{3})/g, "$1") // 2,300 is one number
      .replace(/\d{2,}-\d+|\d{7,}/g, (digits) => digits.replace(/\D/g, "").split("").join(" ")) // a telephone is digits
      .replace(/[·〔〕]/g, "，");
  const told = (on) => {
    label.textContent = on ? "停" : "朗读";
    button.setAttribute("aria-pressed", String(on));
  };
  const stop = () => {
    speech.cancel();
    told(false);
  };
  const read = () => {
    const lines = document.querySelector("main").innerText.split("\n").filter((line) => line.trim());
    lines.forEach((line, place) => {
      const part = new SpeechSynthesisUtterance(spoken(line)); // a line each: long ones fall silent halfway
      part.lang = "zh-CN";
      part.voice = voice();
      part.rate = 0.85;
      if (place === lines.length - 1) part.onend = () => told(false);
      speech.speak(part);
    });
    told(true);
  };
  const offer = () => {
    button.hidden = !voice();
  };
  offer();
  speech.addEventListener?.("voiceschanged", offer);
  button.addEventListener("click", () => (speech.speaking || speech.pending ? stop() : read()));
  window.addEventListener("pagehide", stop);
})();
