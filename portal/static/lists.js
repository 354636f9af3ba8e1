// Long lists by keyboard: j/k or arrows walk, Enter opens, x selects, a selects all, ? shows the keys. Works without.
(() => {
  const rows = [...document.querySelectorAll("table[data-rows] tbody tr")];
  const keys = document.querySelector("[data-keys]");
  if (keys && rows.length) keys.hidden = false;
  let here = -1;

  const box = (row) => row.querySelector("input[type=checkbox]");
  const go = (to) => {
    if (!rows.length) return;
    if (here >= 0) rows[here].classList.remove("row-here");
    here = Math.min(Math.max(to, 0), rows.length - 1);
    rows[here].tabIndex = -1;
    rows[here].classList.add("row-here");
    rows[here].focus({ preventScroll: true });
    rows[here].scrollIntoView({ block: "nearest" });
  };
  const count = (form) => {
    const boxes = [...form.querySelectorAll("input[name=row], input[name=pair], input[name=said]")];
    const chosen = boxes.filter((one) => one.checked).length;
    boxes.forEach((one) => one.closest("tr, li")?.classList.toggle("row-chosen", one.checked));
    const told = form.querySelector("[data-count]");
    if (told) {
      told.hidden = false;
      told.textContent = chosen ? `已选 ${chosen} 条` : "先勾选";
    }
    form.classList.toggle("has-chosen", chosen > 0);
  };
  const check = (boxes, on) => {
    boxes.forEach((one) => (one.checked = on));
    if (boxes[0]?.form) count(boxes[0].form);
  };
  const all = () => rows.map(box).filter(Boolean);
  const acts = {
    j: () => go(here + 1),
    ArrowDown: () => go(here + 1),
    k: () => go(here - 1),
    ArrowUp: () => go(here - 1),
    Enter: () => here >= 0 && rows[here].querySelector("a[href]")?.click(),
    x: () => here >= 0 && box(rows[here]) && check([box(rows[here])], !box(rows[here]).checked),
    a: () => check(all(), all().some((one) => !one.checked)),
    "/": () => document.querySelector("[data-find]")?.focus(),
    "?": () => keys && (keys.open = !keys.open),
  };

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    const typing = at.matches("input:not([type=checkbox]), select, textarea, [contenteditable]");
    const pressing = event.key === "Enter" && at.closest("a, button, summary, input");
    const act = acts[event.key];
    if (!act || typing || pressing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  document.querySelectorAll("form[data-press]").forEach((form) => {
    form.classList.add("scripted");
    count(form);
    form.addEventListener("change", () => count(form));
  });
})();
