import { lineRange, SlipwayError } from "../../../src/core/index.ts";
import { expandWord, parseDockerfile } from "../../../src/dockerfile/index.ts";
import { type MountOptions, parseMount } from "../../../src/plan/index.ts";

export function answer({ mount, env }: { mount: string; env: string[] }): unknown {
  const values = new Map(env.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  try {
    parseDockerfile({ name: "Dockerfile", text: `FROM a\nRUN --mount=${JSON.stringify(mount)} x\n` });
    return { mount: printed(parseMount({ raw: mount, range: lineRange(1, 1) }, { name: "Dockerfile", text: mount }, ({ raw }) => expandWord(raw, { get: (name) => values.get(name) }).text)) };
  } catch (error) {
    if (error instanceof SlipwayError) return { error: error.message };
    throw error;
  }
}

function printed({ sizeBytes, ...options }: MountOptions): unknown {
  const readonly = options.readonly ?? ["bind", "secret", "ssh"].includes(options.type);
  const said = Object.entries({ ...options, readonly, size: sizeBytes }).filter(([key, value]) => key === "readonly" || key === "env" || value);
  return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}
