/** Runs a parsed template over a value. Order of evaluation, messages and their places are Go's (text/template). */
import { ExecuteError, FunctionError } from "./fail.ts";
import type { Functions } from "./functions.ts";
import { type Command, nodeText, type Operand, type ParsedTemplate, type Pipe, type Statement } from "./nodes.ts";
import { GoList, GoMap, GoNamed, GoStruct, isTruthy, print, typeOf, type Value } from "./values.ts";

export interface EvaluateOptions {
  readonly functions: Functions;
  /** A key that a map does not have is an error instead of `<no value>`. */
  readonly missingKeyIsError?: boolean;
}

/** The output. Throws ExecuteError. */
export function evaluate(template: ParsedTemplate, data: Value, options: EvaluateOptions): string {
  return new Evaluator(template, options).run(data);
}

/** Templates that call themselves end here. */
const DEEPEST = 500;

type Flow = "break" | "continue" | undefined;

/** The value that flows in from the stage before, if there is one. */
type Final = { readonly value: Value } | undefined;

class Evaluator {
  readonly #template: ParsedTemplate;
  readonly #functions: Functions;
  readonly #strict: boolean;
  #variables: { name: string; value: Value }[] = [];
  #node: Operand | Command | Statement = { kind: "dot", offset: 0 };
  #depth = 0;
  #out = "";

  constructor(template: ParsedTemplate, options: EvaluateOptions) {
    this.#template = template;
    this.#functions = options.functions;
    this.#strict = options.missingKeyIsError === true;
  }

  run(data: Value): string {
    this.#variables = [{ name: "$", value: data }];
    this.#list(this.#template.body, data);
    return this.#out;
  }

  #list(statements: readonly Statement[], dot: Value): Flow {
    for (const statement of statements) {
      const flow = this.#statement(statement, dot);
      if (flow) return flow;
    }
    return undefined;
  }

  #statement(statement: Statement, dot: Value): Flow {
    this.#node = statement;
    switch (statement.kind) {
      case "text":
        this.#out += statement.text;
        return undefined;
      case "action": {
        const value = this.#pipe(statement.pipe, dot);
        if (statement.pipe.variables.length === 0) this.#out += print(value);
        return undefined;
      }
      case "break":
      case "continue":
        return statement.kind;
      case "template":
        this.#call(statement, dot);
        return undefined;
      case "range":
        return this.#scoped(() => this.#range(statement, dot));
      default:
        return this.#scoped(() => {
          const value = this.#pipe(statement.pipe, dot);
          if (!isTruthy(value)) return this.#list(statement.otherwise, dot);
          return this.#list(statement.body, statement.kind === "with" ? value : dot);
        });
    }
  }

  #scoped(work: () => Flow): Flow {
    const known = this.#variables.length;
    const flow = work();
    this.#variables.length = known;
    return flow;
  }

  #call(statement: Extract<Statement, { kind: "template" }>, dot: Value): void {
    const body = this.#template.defined.get(statement.name);
    if (!body) this.#fail(`template ${statement.quoted} not defined`);
    if (this.#depth === DEEPEST) this.#fail(`exceeded maximum template depth (${DEEPEST})`);
    const data = statement.pipe ? this.#pipe(statement.pipe, dot) : undefined;
    const outer = this.#variables;
    this.#variables = [{ name: "$", value: data }];
    this.#depth++;
    this.#list(body, data);
    this.#depth--;
    this.#variables = outer;
  }

  #range(statement: Extract<Statement, { kind: "if" | "with" | "range" }>, dot: Value): Flow {
    const value = this.#pipe(statement.pipe, dot, false);
    const pairs = this.#pairs(value);
    if (pairs.length === 0) return this.#list(statement.otherwise, dot);
    const { variables, assigns } = statement.pipe;
    for (const [key, item] of pairs) {
      const known = this.#variables.length;
      if (variables.length === 2) this.#set(variables[0] ?? "", key, assigns);
      const last = variables.at(-1);
      if (last !== undefined) this.#set(last, item, assigns);
      const flow = this.#list(statement.body, item);
      this.#variables.length = known;
      if (flow === "break") break;
    }
    return undefined;
  }

  #pairs(value: Value): (readonly [Value, Value])[] {
    if (value instanceof GoList) return value.items.map((item, i) => [BigInt(i), item] as const);
    if (value instanceof GoMap) return value.keys().map((key) => [key, value.entries.get(key)] as const);
    if (typeof value === "bigint")
      return Array.from({ length: Math.min(Number(value), 100_000) }, (_, i) => [BigInt(i), BigInt(i)] as const);
    if (value == null) return [];
    return this.#fail(`range can't iterate over ${print(value)}`);
  }

  #set(name: string, value: Value, assigns: boolean): void {
    const known = assigns ? this.#variables.findLast((variable) => variable.name === name) : undefined;
    if (known) known.value = value;
    else this.#variables.push({ name, value });
  }

  /** The variables of a range are set for each round, so not here. */
  #pipe(pipe: Pipe, dot: Value, declares = true): Value {
    this.#node = pipe;
    let final: Final;
    for (const command of pipe.commands) final = { value: this.#command(command, dot, final) };
    const value = final?.value;
    if (declares) for (const name of pipe.variables) this.#set(name, value, pipe.assigns);
    return value;
  }

  #command(command: Command, dot: Value, final: Final): Value {
    const [first] = command.words;
    if (!first) return undefined;
    const hasArguments = command.words.length > 1 || final !== undefined;
    switch (first.kind) {
      case "field":
        this.#node = first;
        return this.#chain(dot, first.names, () => this.#arguments(command, dot, final), hasArguments);
      case "variable":
        this.#node = first;
        return this.#chain(this.#variable(first.name), first.names, () => this.#arguments(command, dot, final), hasArguments);
      case "chain": {
        const of = this.#operand(first.of, dot);
        this.#node = first;
        return this.#chain(of, first.names, () => this.#arguments(command, dot, final), hasArguments);
      }
      case "identifier":
        return this.#function(first.name, command, dot, final);
      case "pipe":
        if (hasArguments) this.#notAFunction(first);
        return this.#pipe(first, dot);
      default:
        this.#node = first;
        if (hasArguments) this.#notAFunction(first);
        if (first.kind === "nil") this.#fail("nil is not a command");
        return this.#operand(first, dot);
    }
  }

  #notAFunction(first: Operand): never {
    return this.#fail(`can't give argument to non-function ${nodeText(first)}`);
  }

  #variable(name: string): Value {
    return this.#variables.findLast((variable) => variable.name === name)?.value;
  }

  #operand(operand: Operand, dot: Value): Value {
    this.#node = operand;
    switch (operand.kind) {
      case "dot":
        return dot;
      case "nil":
        return null;
      case "bool":
      case "number":
      case "string":
        return operand.value;
      case "field":
        return this.#chain(dot, operand.names, () => [], false);
      case "variable":
        return this.#chain(this.#variable(operand.name), operand.names, () => [], false);
      case "chain":
        return this.#chain(this.#operand(operand.of, dot), operand.names, () => [], false);
      case "identifier":
        return this.#function(operand.name, { kind: "command", offset: operand.offset, words: [operand] }, dot, undefined);
      case "pipe":
        return this.#pipe(operand, dot);
    }
  }

  #arguments(command: Command, dot: Value, final: Final): Value[] {
    const node = this.#node;
    const values = command.words.slice(1).map((word) => this.#operand(word, dot));
    this.#node = node;
    return final ? [...values, final.value] : values;
  }

  /** Field after field; only the last may be a method with arguments. */
  #chain(from: Value, names: readonly string[], args: () => Value[], hasArguments: boolean): Value {
    return names.reduce((value, name, i) => this.#field(value, name, args, hasArguments && i === names.length - 1), from);
  }

  #field(value: Value, name: string, args: () => Value[], hasArguments: boolean): Value {
    if (value === undefined) {
      if (this.#strict) this.#fail(`nil data; no entry for key ${JSON.stringify(name)}`);
      return undefined;
    }
    if (value === null) return this.#fail(`nil pointer evaluating interface {}.${name}`);
    if (value instanceof GoStruct) {
      const field = value.fields.get(name);
      if (field?.method) return field.method(args());
      if (field && hasArguments) this.#fail(`${name} has arguments but cannot be invoked as function`);
      if (field) return field.value;
    }
    if (value instanceof GoMap) {
      if (hasArguments) this.#fail(`${name} is not a method but has arguments`);
      if (value.entries.has(name)) return value.entries.get(name);
      if (this.#strict) this.#fail(`map has no entry for key ${JSON.stringify(name)}`);
      return undefined;
    }
    return this.#fail(`can't evaluate field ${name} in type ${typeOf(value)}`);
  }

  #function(name: string, command: Command, dot: Value, final: Final): Value {
    const found = this.#functions.get(name);
    this.#node = command;
    if (!found) return this.#fail(`${JSON.stringify(name)} is not a defined function`);
    const count = command.words.length - 1 + (final ? 1 : 0);
    const variadic = found.takes.endsWith("*");
    const kinds = variadic ? found.takes.slice(0, -1) : found.takes;
    if (variadic ? count < kinds.length - 1 : count !== kinds.length) {
      this.#fail(
        `wrong number of args for ${name}: want ${variadic ? `at least ${kinds.length - 1}` : kinds.length} got ${count}`,
      );
    }
    if (name === "and" || name === "or") return this.#shortCircuit(name, command, dot, final);
    const kindAt = (i: number): string => kinds[Math.min(i, kinds.length - 1)] ?? "a";
    const values = command.words.slice(1).map((word, i) => this.#checked(this.#operand(word, dot), kindAt(i), word));
    if (final) values.push(this.#checked(final.value, kindAt(values.length), undefined));
    this.#node = command;
    try {
      return found.call(values, command.words.slice(1).map(nodeText));
    } catch (error) {
      if (error instanceof FunctionError) return this.#fail(`error calling ${name}: ${error.message}`);
      throw error;
    }
  }

  /** What stands behind the decision is not evaluated. */
  #shortCircuit(name: "and" | "or", command: Command, dot: Value, final: Final): Value {
    let value: Value;
    for (const word of command.words.slice(1)) {
      value = this.#operand(word, dot);
      if (isTruthy(value) === (name === "or")) return value;
    }
    return final ? final.value : value;
  }

  /** `word` is how the value was written, if it was. */
  #checked(value: Value, kind: string, word: Operand | undefined): Value {
    if (kind === "a") return value;
    const plain = value instanceof GoNamed ? value.base : value;
    if (typeof plain === (kind === "s" ? "string" : "bigint")) return plain;
    if (word) this.#node = word;
    if (word && ["string", "number", "bool"].includes(word.kind)) {
      return this.#fail(`expected ${kind === "s" ? "string" : "integer"}; found ${nodeText(word)}`);
    }
    const wanted = kind === "s" ? "string" : "int";
    if (value == null) return this.#fail(`invalid value; expected ${wanted}`);
    return this.#fail(`wrong type for value; expected ${wanted}; got ${typeOf(value)}`);
  }

  #fail(message: string): never {
    const before = this.#template.text.slice(0, this.#node.offset);
    const line = before.split("\n").length;
    const column = Buffer.byteLength(before.slice(before.lastIndexOf("\n") + 1));
    throw new ExecuteError(`template: :${line}:${column}: executing "" at <${nodeText(this.#node)}>: ${message}`);
  }
}
