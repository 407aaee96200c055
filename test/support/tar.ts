/** Tar archives as other programs write them, also broken and hostile ones; shares no code with src/tree. */

export interface RawEntry {
  readonly name: string;
  /** The type flag; a file if left out. */
  readonly flag?: string;
  readonly content?: Buffer | string;
  readonly link?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since the epoch. */
  readonly mtime?: number;
  readonly device?: readonly [major: number, minor: number];
  /** What the header says the content's length is, if that is not its length. */
  readonly size?: number;
  /** Records of a pax header before this one. A list stands for a record that comes several times. */
  readonly pax?: readonly (readonly [key: string, value: string | Buffer])[];
  /** Changes the header before its checksum is made. */
  readonly patch?: (header: Buffer) => void;
}

/** An archive of these entries, with the two empty blocks at its end. */
export function tar(...entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(encode), Buffer.alloc(1024)]);
}

/** One entry: its headers and its content. */
export function encode(entry: RawEntry): Buffer {
  const content = Buffer.from(entry.content ?? "");
  const records = entry.pax ? [encode({ name: "pax", flag: "x", content: paxRecords(entry.pax) })] : [];
  return Buffer.concat([...records, header(entry, content.length), padded(content)]);
}

export function paxRecords(records: readonly (readonly [key: string, value: string | Buffer])[]): Buffer {
  return Buffer.concat(
    records.map(([key, value]) => {
      const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from("\n")]);
      let length = rest.length + 1;
      while (String(length).length + rest.length > length) length++;
      return Buffer.concat([Buffer.from(String(length)), rest]);
    }),
  );
}

/** Bytes up to the next whole block. */
export function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** A number as GNU writes those that are too large for octal digits. */
export function base256(value: bigint, width: number): Buffer {
  const bytes = Buffer.alloc(width);
  let rest = BigInt.asUintN(8 * width, value);
  for (let at = width - 1; at >= 0; at--, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  bytes[0] = (bytes[0] as number) | 0x80;
  return bytes;
}

export function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}

function header(entry: RawEntry, length: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(entry.name, 0, 100);
  block.write(octal(entry.mode ?? 0o644, 8), 100);
  block.write(octal(entry.uid ?? 0, 8), 108);
  block.write(octal(entry.gid ?? 0, 8), 116);
  block.write(octal(entry.size ?? length, 12), 124);
  block.write(octal(entry.mtime ?? 0, 12), 136);
  block.write(entry.flag ?? "0", 156);
  block.write(entry.link ?? "", 157, 100);
  block.write("ustar\x0000", 257);
  if (entry.device) {
    block.write(octal(entry.device[0], 8), 329);
    block.write(octal(entry.device[1], 8), 337);
  }
  entry.patch?.(block);
  let sum = 8 * 32;
  for (const [at, byte] of block.entries()) if (at < 148 || at >= 156) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
