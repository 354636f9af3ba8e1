// 统计的图: one idea, drawn from the page's own figures; the table under it says the same without a script.
(() => {
  const AIDED = "#0b8f62", UNAIDED = "#b35900", INK = "#1a1a1a", QUIET = "#555";
  const ROW = 34, EDGE = 36;

  const option = (bars) => {
    const named = (text) => (text.length > 14 ? `${text.slice(0, 13)}…` : text);
    const most = Math.max(...bars.map(([, aided, unaided]) => aided + unaided));
    const inside = (value) => (value / most > 0.08 ? value.toLocaleString() : "");
    const series = (name, place, color) => ({
      name, type: "bar", stack: "pupils", barWidth: 18, itemStyle: { color },
      data: bars.map((bar) => bar[place]),
      label: { show: true, color: "#fff", fontSize: 13, formatter: ({ value }) => inside(value) },
    });
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: INK },
      grid: { top: 4, left: 4, right: 16, bottom: 4, containLabel: true },
      xAxis: { type: "value", minInterval: 1, axisLabel: { color: QUIET, fontSize: 13, hideOverlap: true }, splitLine: { lineStyle: { color: "#e9ecea" } } },
      yAxis: { type: "category", inverse: true, data: bars.map(([name]) => named(name)), axisTick: { show: false }, axisLine: { lineStyle: { color: "#c9cfcc" } }, axisLabel: { color: INK, fontSize: 14 } },
      series: [series("已助", 1, AIDED), series("应助未助", 2, UNAIDED)],
    };
  };

  for (const place of document.querySelectorAll("[data-bars]")) {
    const bars = JSON.parse(place.dataset.bars);
    place.classList.add("chart-drawn");
    place.style.height = `${bars.length * ROW + EDGE}px`;
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(option(bars));
    new ResizeObserver(() => chart.resize()).observe(place);
  }
})();
