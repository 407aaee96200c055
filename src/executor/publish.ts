/**
 * `-p`: ports of a container that are open on the host.
 *
 * A container shares the host's network, so a port that keeps its number is open as soon
 * as the process listens. One with another number is a door of ours: what comes in is
 * handed to the container's port on the loopback address.
 */
import { connect, createServer, type Server } from "node:net";
import { badPublish, portTaken, protocolRefused } from "./errors.ts";

/** A port that is to be open; host port 0 is any that is free. */
export interface Publish {
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly containerPort: number;
}

/** `[[ADDRESS:]HOST-PORT:]PORT[/tcp]`, each port also a range. Throws PUBLISH_INVALID, PUBLISH_PROTOCOL. */
export function parsePublish(text: string): Publish[] {
  const [ports = "", protocol = "tcp"] = text.split("/");
  if (["udp", "sctp"].includes(protocol)) throw protocolRefused(text);
  const found = /^(?:(?:(\[[0-9a-fA-F:]+\]|[0-9.]+):)?(\d+(?:-\d+)?)?:)?(\d+(?:-\d+)?)$/.exec(ports);
  if (!found || protocol !== "tcp") throw badPublish(text);
  const container = rangeOf(found[3] as string, text);
  const host = found[2] === undefined ? container.map(() => 0) : rangeOf(found[2], text);
  if (host.length !== container.length) throw badPublish(text);
  const hostAddress = found[1]?.replace(/^\[|\]$/g, "") ?? "0.0.0.0";
  return container.map((containerPort, index) => ({ hostAddress, hostPort: host[index] ?? 0, containerPort }));
}

function rangeOf(text: string, whole: string): number[] {
  const [first = 0, last = first] = text.split("-").map(Number);
  if (first < 1 || last > 65535 || last < first) throw badPublish(whole);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Ports that are open; closing ends what goes through them. */
export interface OpenPorts {
  /** With the numbers that were chosen. */
  readonly ports: readonly Publish[];
  close(): void;
}

/** Opens them. Throws PORT_TAKEN, and then none is open. */
export async function openPorts(wanted: readonly Publish[]): Promise<OpenPorts> {
  const servers: Server[] = [];
  const ports: Publish[] = [];
  const close = (): void => {
    for (const server of servers) server.close();
  };
  try {
    for (const each of wanted) {
      const server = await listening(each);
      const { port } = server.address() as { port: number };
      ports.push({ ...each, hostPort: port });
      // The container's process is to have it itself.
      if (port === each.containerPort) await new Promise((resolve) => server.close(resolve));
      else servers.push(server);
    }
    return { ports, close };
  } catch (error) {
    close();
    throw error;
  }
}

function listening({ hostAddress, hostPort, containerPort }: Publish): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (outside) => {
    const inside = connect({ port: containerPort, host: "127.0.0.1", allowHalfOpen: true });
    const end = (): void => {
      outside.destroy();
      inside.destroy();
    };
    for (const socket of [outside, inside]) socket.on("error", end).setNoDelay(true);
    outside.pipe(inside).pipe(outside);
  });
  server.unref();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(portTaken(hostAddress, hostPort, error)));
    server.listen(hostPort, hostAddress, () => resolve(server));
  });
}
