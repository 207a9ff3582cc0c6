// A small waveform with marks on it, on a canvas.

const BAR_PX = 2;
const STEP_PX = 3;
// Closer together than this, on average, marks would cover the waveform: they stay above it then.
export const SPARSE_PX = 6;

/** Draw peaks across a canvas as it is sized by the style sheet; `played` and `marks` are shares of its width. */
export function drawWave(canvas, pairs, { played = 0, marks = [] } = {}) {
  const dpr = Math.min(devicePixelRatio || 1, 2);
  const width = Math.round(canvas.clientWidth * dpr);
  const height = Math.round(canvas.clientHeight * dpr);
  if (!width || !height) return;
  const style = getComputedStyle(canvas);
  const [wave, heard, tick] = ["--wave", "--played", "--tick"].map((name) => style.getPropertyValue(name));
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const bars = levels(pairs, Math.floor(width / (STEP_PX * dpr)));
  const top = 6 * dpr; // room for the heads of the marks
  const room = height - top;
  bars.forEach((level, bar) => {
    const size = Math.max(BAR_PX * dpr, level * room);
    context.fillStyle = bar / bars.length < played ? heard : wave;
    context.fillRect(bar * STEP_PX * dpr, top + (room - size) / 2, BAR_PX * dpr, size);
  });
  context.fillStyle = tick;
  const many = marks.length * SPARSE_PX * dpr > width;
  for (const share of marks) {
    const x = Math.min(width - 3 * dpr, Math.max(3 * dpr, share * width));
    if (many) {
      context.fillRect(x - dpr / 2, 0, dpr, top - dpr);
      continue;
    }
    context.fillRect(x - dpr, 0, 2 * dpr, height);
    context.beginPath();
    context.arc(x, 3 * dpr, 3 * dpr, 0, 7);
    context.fill();
  }
}

/** The loudest of each of `count` stretches, 0 to 1. */
function levels(pairs, count) {
  const points = pairs ? pairs.length / 2 : 0;
  const loudest = pairs ? pairs.reduce((most, value) => Math.max(most, Math.abs(value)), 8) : 1;
  return Array.from({ length: count }, (_, bar) => {
    const first = Math.floor((bar * points) / count);
    const end = Math.max(Math.floor(((bar + 1) * points) / count), first + 1);
    let level = 0;
    for (let point = first; point < end && point < points; point++) {
      level = Math.max(level, Math.abs(pairs[2 * point]), Math.abs(pairs[2 * point + 1]));
    }
    return level / loudest;
  });
}

// One observer for all: canvases come and go with every key that is pressed, and this forgets those that went.
const redraws = new WeakMap();
const observed = new Set();
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.isConnected) redraws.get(target)();
    else forget(target);
  }
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => observed.forEach((canvas) => redraws.get(canvas)()));

/** Call back when the canvas is resized or the colours change. */
export function watchShape(canvas, redraw) {
  redraws.set(canvas, redraw);
  observed.add(canvas);
  sizes.observe(canvas);
}

function forget(canvas) {
  observed.delete(canvas);
  sizes.unobserve(canvas);
}
