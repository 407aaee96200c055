import { answer as instructions } from "./instructions.ts";
import { answer as parser } from "./parser.ts";

export function answer(input: { dockerfile: string; want: unknown; wantInstructions: unknown }): unknown {
  const typed = instructions(input);
  const wanted = JSON.stringify(sorted(input.wantInstructions));
  const got = JSON.stringify(sorted(typed));
  const refused = (value: unknown): boolean => (value as { error?: unknown }).error !== undefined;
  if (wanted !== got && !(refused(input.wantInstructions) && refused(typed))) return { instructions: typed, wanted: input.wantInstructions };
  return parser(input);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!value || typeof value !== "object") return value;
  const members = Object.entries(value).map(([key, member]): [string, unknown] => [key, sorted(member)]);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}
