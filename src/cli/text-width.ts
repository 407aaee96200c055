/** How wide text is on a terminal. */

/** East Asian wide and fullwidth ranges, and the emoji blocks (Unicode 16, EastAsianWidth.txt), first and last inclusive. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x23e9, 0x23ec],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x26a1, 0x26a1],
  [0x2705, 0x2705],
  [0x274c, 0x274c],
  [0x2753, 0x2755],
  [0x2795, 0x2797],
  [0x2b50, 0x2b50],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x1fa70, 0x1faff],
  [0x20000, 0x3fffd],
];

/** Cells a character takes: 0 for marks that join the one before, 2 for wide ones. */
function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return code < 0x20 || (code >= 0x7f && code < 0xa0) ? 0 : 1;
  if (/^\p{Mn}|^\p{Me}|^\p{Cf}/u.test(character)) return 0;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** Cells of a text. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The text in exactly `width` cells: filled with blanks, or cut. */
export function fitWidth(text: string, width: number): string {
  let cells = 0;
  let fitted = "";
  for (const character of text) {
    const its = characterWidth(character);
    if (cells + its > width) break;
    cells += its;
    fitted += character;
  }
  return fitted + " ".repeat(Math.max(0, width - cells));
}

/** The text with tabs made blanks, to columns of eight, and without what would move the cursor. */
export function flattenText(text: string): string {
  let flat = "";
  let column = 0;
  for (const character of text.replace(ESCAPES, "")) {
    if (character === "\t") {
      const blanks = 8 - (column % 8);
      flat += " ".repeat(blanks);
      column += blanks;
    } else if (character >= " " && character !== "\u007f") {
      flat += character;
      column += characterWidth(character);
    }
  }
  return flat;
}

/** Control sequences: colours, cursor movement, window titles. */
const ESCAPES = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
