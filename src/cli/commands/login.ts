import { createInterface } from "node:readline/promises";
import { login } from "../../api/index.ts";
import { registrySettings } from "../bench.ts";
import type { Call, Command } from "../command.ts";
import { noTerminalForLogin, optionsExclude } from "../errors.ts";

/** `slipway login`. */
export const command: Command = {
  usage: "[OPTIONS] [SERVER]",
  flags: [
    { name: "password", short: "p", kind: "text", help: "Password or Personal Access Token (PAT)" },
    { name: "password-stdin", kind: "bool", help: "Take the Password or Personal Access Token (PAT) from stdin" },
    { name: "username", short: "u", kind: "text", help: "Username" },
  ],
  arguments: { min: 0, max: 1 },
  errorPrefix: "Error: ",
  async run(call) {
    const { args, console } = call;
    const [server] = args;
    const { username, password } = await credentialsOf(call);
    const file = await login({ registry: registrySettings(call) }, { ...(server ? { server } : {}), username, password });
    if (file) {
      console.error(
        `\nWARNING! Your credentials are stored unencrypted in '${file}'.\nConfigure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n\n`,
      );
    }
    console.print("Login Succeeded\n");
    return 0;
  },
};

async function credentialsOf(call: Call): Promise<{ readonly username: string; readonly password: string }> {
  const { flags, console } = call;
  const username = flags.text("username");
  const password = flags.text("password");
  if (flags.bool("password-stdin")) {
    if (password !== undefined) throw optionsExclude("conflicting options: cannot specify both --password and --password-stdin");
    if (!username) throw optionsExclude("the --password-stdin option requires --username to be set");
    return { username, password: (await readAll(console.stdin)).replace(/\r?\n$/, "") };
  }
  if (password !== undefined) {
    console.error("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n");
    if (username) return { username, password };
  }
  return ask(call, username, password);
}

/** Asks a person; the password is not shown. */
async function ask(
  { console, signal }: Call,
  username: string | undefined,
  password: string | undefined,
): Promise<{ readonly username: string; readonly password: string }> {
  if (!console.stdin.isTTY) throw noTerminalForLogin();
  const lines = createInterface({ input: console.stdin, output: console.stdout, terminal: true });
  try {
    const name = username ?? (await lines.question("Username: ", { signal }));
    if (password !== undefined) return { username: name, password };
    const quiet = lines as unknown as { _writeToOutput: (text: string) => void };
    console.print("Password: ");
    quiet._writeToOutput = () => {};
    const secret = await lines.question("", { signal });
    console.print("\n");
    return { username: name, password: secret };
  } finally {
    lines.close();
  }
}

async function readAll(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk.toString();
  return text;
}
