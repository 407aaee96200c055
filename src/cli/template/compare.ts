/** Comparison as templates do it (text/template, eq and lt): only basic kinds, and only of one kind. */
import { FunctionError } from "./fail.ts";
import { GoNamed, type Value } from "./values.ts";

/** Whether two values are equal. Throws FunctionError. */
export function equal(a: Value, b: Value): boolean {
  const [left, right] = pair(a, b, true);
  return left === right;
}

/** Whether one value is less. Throws FunctionError. */
export function less(a: Value, b: Value): boolean {
  const [left, right] = pair(a, b, false);
  if (typeof left === "boolean" || left == null || right == null) throw new FunctionError("invalid type for comparison");
  if (typeof left === "string" && typeof right === "string") return Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0;
  return (left as number) < (right as number);
}

type Basic = string | boolean | bigint | number | null;

function pair(a: Value, b: Value, nilAllowed: boolean): [Basic, Basic] {
  const left = basic(a);
  const right = basic(b);
  if (nilAllowed && (left === null || right === null)) return [left, right];
  if (typeof left !== typeof right) throw new FunctionError("incompatible types for comparison");
  return [left, right];
}

function basic(value: Value): Basic {
  const plain = value instanceof GoNamed ? value.base : value;
  if (plain == null) return null;
  if (typeof plain === "object") throw new FunctionError("invalid type for comparison");
  return plain;
}
