// A small waveform with marks on it, on a canvas.

const dprOf = () => Math.min(devicePixelRatio || 1, 2);

/** Draw peaks across a canvas as it is sized by the style sheet; `played` and `marks` are shares of its width. */
export function drawWave(canvas, pairs, { played = 0, marks = [] } = {}) {
  const style = getComputedStyle(canvas);
  const dpr = dprOf();
  const width = Math.round(canvas.clientWidth * dpr);
  const height = Math.round(canvas.clientHeight * dpr);
  if (!width || !height) return;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const step = 3 * dpr;
  const count = Math.floor(width / step);
  const points = pairs ? pairs.length / 2 : 0;
  const loudest = pairs ? Math.max(8, pairs.reduce((most, value) => Math.max(most, Math.abs(value)), 0)) : 1;
  for (let bar = 0; bar < count; bar++) {
    let level = 0;
    const end = Math.max(Math.floor(((bar + 1) * points) / count), Math.floor((bar * points) / count) + 1);
    for (let point = Math.floor((bar * points) / count); point < end && point < points; point++) {
      level = Math.max(level, Math.abs(pairs[2 * point]), Math.abs(pairs[2 * point + 1]));
    }
    const size = Math.max(2 * dpr, (level / loudest) * height * 0.9);
    context.fillStyle = style.getPropertyValue(bar / count < played ? "--played" : "--wave");
    context.fillRect(bar * step, (height - size) / 2, 2 * dpr, size);
  }
  context.fillStyle = style.getPropertyValue("--tick");
  for (const share of marks) context.fillRect(Math.min(width - 2 * dpr, share * width) - dpr, 0, 2 * dpr, height);
}

/** Call back when the canvas is resized or the colours change. */
export function whenShapeChanges(canvas, callback) {
  new ResizeObserver(callback).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback);
}
