// A small picture for each series: time and memory over the count, both axes logarithmic. Flat cost per unit is a slope of one.
const WIDTH = 300;
const HEIGHT = 190;
const LEFT = 46;
const BOTTOM = 34;
const TOP = 40;

export function plot(series) {
  const columns = 3;
  const rows = Math.ceil(series.length / columns);
  const parts = series.map((one, n) => panel(one, (n % columns) * WIDTH, Math.floor(n / columns) * HEIGHT));
  const size = `width="${columns * WIDTH}" height="${rows * HEIGHT}"`;
  const style = 'font-family="sans-serif" font-size="10" fill="#333"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${style}><rect width="100%" height="100%" fill="#fff"/>${parts.join("")}</svg>\n`;
}

/** A bar for each builder and workload, as long as the logarithm of its time. */
export function bars(rows, builders) {
  const colors = ["#1f6fb2", "#b2541f", "#8a8a8a"];
  const [left, width, line] = [330, 420, 9];
  const height = builders.length * line + 8;
  const longest = Math.max(...rows.flatMap((row) => builders.map((name) => row[name] ?? 0)), 1);
  const out = rows.flatMap((row, n) => {
    const y = 30 + n * height;
    return [
      `<text x="${left - 8}" y="${y + height / 2}" text-anchor="end">${row.title}</text>`,
      ...builders.flatMap((name, k) => {
        if (row[name] === undefined) return [];
        const length = Math.max(1, scale(row[name], 0.01, longest) * width);
        const at = y + k * line;
        return [
          `<rect x="${left}" y="${at}" width="${length.toFixed(1)}" height="${line - 1}" fill="${colors[k]}"/>`,
          `<text x="${(left + length + 4).toFixed(1)}" y="${at + line - 2}" font-size="8">${row[name].toFixed(2)} s</text>`,
        ];
      }),
    ];
  });
  const legend = builders.map(
    (name, k) => `<text x="${left + k * 70}" y="18" fill="${colors[k]}" font-weight="bold">${name}</text>`,
  );
  const size = `width="${left + width + 60}" height="${40 + rows.length * height}"`;
  const style = 'font-family="sans-serif" font-size="10" fill="#333"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${style}><rect width="100%" height="100%" fill="#fff"/>${legend.join("")}${out.join("")}</svg>\n`;
}

function panel({ name, unit, points }, x0, y0) {
  const counts = points.map((point) => point.count);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const x = (count) => x0 + LEFT + scale(count, least, most) * (WIDTH - LEFT - 20);
  const out = [`<text x="${x0 + LEFT}" y="${y0 + 16}" font-size="12" font-weight="bold">${name}</text>`];
  for (const { count } of points)
    out.push(`<text x="${x(count)}" y="${y0 + HEIGHT - BOTTOM + 14}" text-anchor="middle">${short(count)}</text>`);
  out.push(`<text x="${x0 + WIDTH / 2}" y="${y0 + HEIGHT - 6}" text-anchor="middle">${unit}s</text>`);
  out.push(...curve(points, "seconds", "s", "#1f6fb2", 28, x, x0, y0));
  out.push(...curve(points, "peakMiB", "MiB", "#b2541f", 28, x, x0 + 110, y0));
  return out.join("");
}

function curve(points, key, unit, color, legendAt, x, legendX, y0) {
  const values = points.map((point) => Math.max(point[key], 1e-3));
  const [low, high] = [10 ** Math.floor(Math.log10(Math.min(...values))), 10 ** Math.ceil(Math.log10(Math.max(...values)))];
  const y = (value) => y0 + HEIGHT - BOTTOM - scale(value, low, Math.max(high, low * 10)) * (HEIGHT - BOTTOM - TOP);
  const line = points.map((point, n) => `${x(point.count)},${y(values[n]).toFixed(1)}`).join(" ");
  const labels = points.map(
    (point, n) =>
      `<text x="${x(point.count)}" y="${(y(values[n]) - 5).toFixed(1)}" text-anchor="middle" fill="${color}">${short(values[n])}</text>`,
  );
  return [
    `<text x="${legendX + LEFT}" y="${y0 + legendAt}" fill="${color}">${unit}</text>`,
    `<polyline points="${line}" fill="none" stroke="${color}" stroke-width="1.5"/>`,
    ...labels,
  ];
}

/** Where a value lies between two others on a logarithmic axis, 0 to 1. */
function scale(value, low, high) {
  return low === high ? 0.5 : Math.log(value / low) / Math.log(high / low);
}

function short(value) {
  if (value >= 1000) return `${Math.round(value / 1000)}k`;
  return value >= 10 ? String(Math.round(value)) : value.toPrecision(2);
}
