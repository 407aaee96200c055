/** What goes wrong inside a function; the evaluator adds the function's name and the place. */
export class FunctionError extends Error {}

/** What goes wrong while a template runs, in Go's words and with its place. */
export class ExecuteError extends Error {}
