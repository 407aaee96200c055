export type * from "./ast.ts";
export { meantExecForm } from "./exec-form.ts";
export { type IgnoreLine, parseIgnoreFile } from "./ignore-file.ts";
export { INSTRUCTIONS } from "./instructions.ts";
export { csvFields, fieldsOf, parseDevice, partOf } from "./mount-syntax.ts";
export { type RawDockerfile, type RawNode, readNodes } from "./nodes.ts";
export { parseDockerfile, parseInstruction } from "./parse.ts";
export { detectDirective, detectSyntax, type Syntax } from "./syntax.ts";
export { type Expanded, type ExpandedWords, expandWord, expandWords, type Scope, type WordOptions } from "./word.ts";
