/** The syntax tree of a template, and how Go writes its nodes in messages (text/template/parse). */

interface At {
  /** Offset in the template, from which messages make line and column. */
  readonly offset: number;
}

/** What can stand as an argument. */
export type Operand =
  | (At & { readonly kind: "dot" | "nil" })
  | (At & { readonly kind: "bool"; readonly value: boolean })
  | (At & { readonly kind: "number"; readonly value: bigint | number; readonly text: string })
  | (At & { readonly kind: "string"; readonly value: string; readonly text: string })
  | (At & { readonly kind: "identifier"; readonly name: string })
  | (At & { readonly kind: "field"; readonly names: readonly string[] })
  | (At & { readonly kind: "variable"; readonly name: string; readonly names: readonly string[] })
  | (At & { readonly kind: "chain"; readonly of: Operand; readonly names: readonly string[] })
  | Pipe;

export type Command = At & { readonly kind: "command"; readonly words: readonly Operand[] };

export type Pipe = At & {
  readonly kind: "pipe";
  readonly variables: readonly string[];
  /** `=` instead of `:=`. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
};

export type Statement =
  | (At & { readonly kind: "text"; readonly text: string })
  | (At & { readonly kind: "action"; readonly pipe: Pipe })
  | (At & { readonly kind: "break" | "continue" })
  | (At & {
      readonly kind: "if" | "with" | "range";
      readonly pipe: Pipe;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    })
  | (At & { readonly kind: "template"; readonly name: string; readonly quoted: string; readonly pipe: Pipe | undefined });

/** A parsed text, with the templates that it defines. */
export interface ParsedTemplate {
  readonly text: string;
  readonly body: readonly Statement[];
  readonly defined: ReadonlyMap<string, readonly Statement[]>;
}

/** A node as Go's String method writes it. */
export function nodeText(node: Operand | Command | Statement): string {
  switch (node.kind) {
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "bool":
      return String(node.value);
    case "number":
    case "string":
    case "text":
      return node.text;
    case "identifier":
      return node.name;
    case "field":
      return node.names.map((name) => `.${name}`).join("");
    case "variable":
      return [node.name, ...node.names].join(".");
    case "chain":
      return `${node.of.kind === "pipe" ? `(${nodeText(node.of)})` : nodeText(node.of)}${node.names.map((name) => `.${name}`).join("")}`;
    case "command":
      return node.words.map((word) => (word.kind === "pipe" ? `(${nodeText(word)})` : nodeText(word))).join(" ");
    case "pipe": {
      const variables = node.variables.length > 0 ? `${node.variables.join(", ")} ${node.assigns ? "=" : ":="} ` : "";
      return variables + node.commands.map(nodeText).join(" | ");
    }
    case "action":
      return `{{${nodeText(node.pipe)}}}`;
    case "template":
      return `{{template ${node.quoted}${node.pipe ? ` ${nodeText(node.pipe)}` : ""}}}`;
    default:
      return `{{${node.kind}}}`;
  }
}
