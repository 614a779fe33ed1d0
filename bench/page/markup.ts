/** Text in SVG and HTML: escaped, placed, and about as wide as it will be. */

/** Text that stands in markup. */
export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The width of a character in relation to the size of the font: somewhat more than the mean. */
const CHARACTER = 0.55;

/** About how wide a text is, in the unit of its font's size. */
export function textWidth(text: string, font: number): number {
  return text.length * font * CHARACTER;
}

export function textAt(x: number, y: number, text: string, font: number, attributes = ''): string {
  const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${font.toFixed(1)}"`;
  return `<text ${place}${attributes === '' ? '' : ` ${attributes}`}>${escapeText(text)}</text>`;
}

/** Lines of words that are no wider than there is room. */
export function wrapText(text: string, room: number, font: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`.trim();
    if (lines.length > 0 && textWidth(longer, font) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Places of boxes one after the other, in as many rows as they need. */
export function flow(widths: readonly number[], room: number): [at: number, row: number][] {
  let at = 0;
  let row = 0;
  return widths.map((width) => {
    if (at > 0 && at + width > room) {
      at = 0;
      row++;
    }
    at += width;
    return [at - width, row];
  });
}
