// 发给家人: the result as a picture made by the phone itself, for a long press in WeChat, or on paper. Nothing is sent.
(() => {
  const tools = document.querySelector("[data-share]");
  if (!tools) return;
  const WIDTH = 720, EDGE = 40, INK = "#1a1a1a", SECOND = "#444444", DEEP = "#0b6b4f";
  const words = (element) => element.innerText.replace(/\s+/g, " ").trim();
  const font = (size, weight = "normal") => `${weight} ${size}px "PingFang SC", "Noto Sans CJK SC", sans-serif`;

  const broken = (pen, text, width) => {
    const lines = [""];
    for (const character of text) {
      const longer = lines.at(-1) + character;
      if (pen.measureText(longer).width > width && lines.at(-1)) lines.push(character);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  };

  // Draws from the top and returns where it ended, so that a first time on a small canvas tells the height.
  const draw = (pen) => {
    let y = EDGE;
    const write = (text, size, colour, weight) => {
      pen.font = font(size, weight);
      pen.fillStyle = colour;
      for (const line of broken(pen, text, WIDTH - 2 * EDGE)) {
        y += size * 1.4;
        pen.fillText(line, EDGE, y - size * 0.35);
      }
    };
    write(words(document.querySelector(".hero .whose")), 28, SECOND);
    write(words(document.querySelector(".hero .figure")), 48, DEEP, "bold");
    write(words(document.querySelector(".hero .nothing")), 30, INK, "bold");
    for (const policy of document.querySelectorAll("[data-found]")) {
      y += 20;
      pen.fillStyle = "#dfe3e0";
      pen.fillRect(EDGE, y, WIDTH - 2 * EDGE, 2);
      y += 10;
      write(words(policy.querySelector("h3")), 32, INK, "bold");
      write(words(policy.querySelector(".aid__sum")), 32, DEEP, "bold");
      write(words(policy.querySelector(".state")), 26, SECOND);
    }
    y += 20;
    write(tools.dataset.share, 24, SECOND);
    return y + EDGE;
  };

  const picture = () => {
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = Math.ceil(draw(canvas.getContext("2d")));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    draw(pen);
    return canvas.toDataURL("image/png");
  };

  const shown = tools.querySelector("[data-picture]");
  tools.querySelector("[data-make]").addEventListener("click", () => {
    shown.querySelector("img").src = picture();
    shown.hidden = false;
    shown.focus();
  });
  const print = tools.querySelector("[data-print]");
  print.hidden = !window.print || /MicroMessenger/i.test(navigator.userAgent);
  print.addEventListener("click", () => window.print());
  tools.hidden = false;
})();
