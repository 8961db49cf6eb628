// Frames drawn where they are seen, as mem_lib/figures/drawing.py draws the one in the middle.
const data = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
const screen = root.querySelector(".mem-screen"), says = root.querySelector(".mem-says");
const UNITS = 2000, LETTER = 7;
const n = value => String(Math.floor(value * 100 + 0.5) / 100);
const safe = text => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const ink = name => `style="color:var(--mem-${name})"`;
const longest = axis => Math.max(0, ...axis.ticks.map(([, text]) => text.length));
const written = (x, y, text, anchor, more = "") =>
  `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}" fill="currentColor"${more}>${
    safe(text)}</text>`;
const axis = path => `<path d="${path}" fill="none" stroke="currentColor" ${ink("faint")}/>`;

function boxOf(width) {
  const { x, y, ratio } = data;
  let left = y ? 14 + LETTER * longest(y) : 10;
  const top = y && y.label ? 26 : 10, below = !x ? 10 : x.label ? 46 : 26;
  let wide = width - left - 16;
  let tall = Math.round(data.height * Math.min(1, Math.max(0.7, width / 640))) - top - below;
  if (ratio) {
    tall = Math.min(tall, wide / ratio);
    left += (wide - tall * ratio) / 2;
    wide = tall * ratio;
  }
  return { left, top, width: wide, height: tall, all: top + tall + below };
}
function across(x, box) {
  if (!x) return "";
  const bottom = box.top + box.height, at = x.ticks.map(([u]) => box.left + u * box.width / UNITS);
  let step = 1;
  while (Math.ceil(at.length / step) * (LETTER * longest(x) + 8) > box.width && step < at.length)
    step *= 2;
  return axis(`M${n(box.left)} ${n(bottom)}h${n(box.width)}` +
      at.map(u => `M${n(u)} ${n(bottom)}v5`).join("")) +
    at.map((u, i) => i % step ? "" : written(u, bottom + 18, x.ticks[i][1], "middle")).join("") +
    written(box.left + box.width / 2, bottom + 38, x.label, "middle");
}
function down(y, box) {
  if (!y) return "";
  const at = y.ticks.map(([u]) => box.top + box.height - u * box.height / UNITS);
  return axis(`M${n(box.left)} ${n(box.top)}v${n(box.height)}` +
      at.map(v => `M${n(box.left)} ${n(v)}h-5`).join("")) +
    at.map((v, i) => written(box.left - 8, v + 4, y.ticks[i][1], "end")).join("") +
    written(2, 13, y.label, "start");
}
function pairs(flat, box) {
  const found = [];
  for (let i = 0; i < flat.length; i += 2)
    found.push([n(8 + flat[i] * box.width / UNITS), n(8 + flat[i + 1] * box.height / UNITS)]);
  return found;
}
const kinds = [
  ([, name, half, hollow, shape, flat], box) => {
    const outline = data.shapes[shape].replace(/-?\d+(?:\.\d+)?/g, part => n(Number(part) * half));
    const path = pairs(flat, box).map(pair => `M${pair.join(" ")}${outline}`).join("");
    const look = hollow
      ? `fill="none" stroke="currentColor" stroke-width="1.6" ${ink(name)}`
      : `fill="currentColor" stroke-width="0.8" style="color:var(--mem-${
        name});stroke:var(--mem-paper)"`;
    return `<path d="${path}" ${look}/>`;
  },
  ([, name, width, dashed, lines], box) => {
    const path = lines.map(line => "M" + pairs(line, box).map(pair => pair.join(" ")).join("L"));
    const dash = dashed ? ' stroke-dasharray="5 4"' : "";
    return `<path d="${path.join("")}" fill="none" stroke="currentColor" stroke-width="${
      n(width)}" stroke-linejoin="round"${dash} ${ink(name)}/>`;
  },
  ([, name, opacity, flat], box) => {
    const at = pairs(flat, box);
    const path = at.map(([x, y], i) => i % 2 ? "" :
      `M${x} ${y}H${at[i + 1][0]}V${at[i + 1][1]}H${x}z`).join("");
    return `<path d="${path}" fill="currentColor" fill-opacity="${n(opacity)}" ${ink(name)}/>`;
  },
  ([, name, anchor, bold, flat, text], box) => {
    const [[x, y]] = pairs(flat, box);
    return written(Number(x), Number(y) + 4, text, anchor,
      `${bold ? ' font-weight="700"' : ""} ${ink(name)}`);
  },
];
let at = 0, width = 0;
function draw() {
  const box = boxOf(width), marks = [...data.still, ...data.frames[at]];
  screen.innerHTML = `<svg viewBox="0 0 ${n(width)} ${n(box.all)}" aria-hidden="true" ` +
    `font-size="12">${across(data.x, box)}${down(data.y, box)}<svg x="${n(box.left - 8)}" ` +
    `y="${n(box.top - 8)}" width="${n(box.width + 16)}" height="${n(box.height + 16)}">` +
    `${marks.map(mark => kinds[mark[0]](mark, box)).join("")}</svg></svg>`;
}
function measure() {
  const now = screen.clientWidth;
  if (now && now !== width) {
    width = now;
    draw();
  }
}
control(root, i => {
  at = i;
  if (says) says.textContent = data.says[i];
  if (width) draw();
});
measure();
new ResizeObserver(measure).observe(screen);
