/** What a process is told of the network: /etc/hosts and /etc/resolv.conf. */
import { readFileSync } from "node:fs";

/** The host's resolv.conf; Google's servers where it has none, as with Docker. */
export function resolvConf(): string {
  try {
    return readFileSync("/etc/resolv.conf", "utf8");
  } catch {
    return "nameserver 8.8.8.8\nnameserver 8.8.4.4\n";
  }
}

/** BuildKit's hosts file with further names, each `name:address` or `name=address`; `host-gateway` is this machine. */
export function hostsFile(hostname: string | undefined, further: readonly string[]): string {
  const lines = [`127.0.0.1\tlocalhost${hostname ? ` ${hostname}` : ""}`, "::1\tlocalhost ip6-localhost ip6-loopback"];
  for (const entry of further) {
    const [, name = "", address = ""] = /^([^:=]+)[:=](.*)$/.exec(entry) ?? [];
    const plain = address === "host-gateway" ? "127.0.0.1" : address.replace(/^\[(.*)\]$/, "$1");
    lines.push(`${plain}\t${name}`);
  }
  return `${lines.join("\n")}\n`;
}
