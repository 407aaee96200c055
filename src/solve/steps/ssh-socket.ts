/** The SSH agent that a RUN sees: a socket of the step's own, which passes on to the agent of the one who builds. */
import { chmodSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { giveOwner } from "../../tree/index.ts";

/** Its owner and mode are the mount's, whoever owns the agent's socket. Closing it ends all that passes through. */
export async function openSshSocket(
  path: string,
  agent: string,
  owner: { readonly uid: number; readonly gid: number; readonly mode: number },
): Promise<Disposable> {
  const open = new Set<{ destroy(): void }>();
  const server: Server = createServer((inside) => {
    const outside = connect(agent);
    for (const [one, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
    inside.pipe(outside).pipe(inside);
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(path, resolve);
  });
  chmodSync(path, owner.mode);
  giveOwner(path, owner);
  return {
    [Symbol.dispose]() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
