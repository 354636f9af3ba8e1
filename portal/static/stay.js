// 快要自动退出: an idle visit ends on the server; before that the page says so, and one tap goes on.
(() => {
  const place = document.querySelector("[data-stay]");
  if (!place) return;
  const words = place.firstElementChild;
  const after = Number(place.dataset.stay) * 1000;
  let since, timer;
  const look = () => {
    words.hidden = Date.now() - since < after; // a phone that slept kept no timer
  };
  const begin = () => {
    since = Date.now();
    words.hidden = true;
    clearTimeout(timer);
    timer = setTimeout(look, after);
  };
  begin();
  document.addEventListener("visibilitychange", look);
  place.querySelector("button").addEventListener("click", async () => {
    const answer = await fetch(place.dataset.ask).catch(() => null);
    if (answer && answer.status === 204) begin();
    else location.reload(); // it has ended: the sign-in page says so
  });
})();
