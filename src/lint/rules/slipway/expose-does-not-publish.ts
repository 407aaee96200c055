import type { RunRule } from "../../run-rule.ts";

export const exposeDoesNotPublish: RunRule = {
  name: "ExposeDoesNotPublish",
  code: "SW021",
  severity: "info",
  description: "A port of EXPOSE should be published by -p",
  advice:
    "EXPOSE opens nothing. With slipway a port can be reached all the same, since a container shares the network of its host; with Docker only -p opens it.",
  run({ exposed, settled }) {
    if (settled || exposed.length === 0) return [];
    const named = exposed.slice(0, MOST).map(numberOf).join(", ");
    const more = exposed.length > MOST ? ", ..." : "";
    const [are, they] = exposed.length === 1 ? [`port ${named} is`, "it"] : [`ports ${named}${more} are`, "they"];
    const flags = more ? "-P" : exposed.map(publishing).join(" ");
    return [
      `${are} exposed but not published; ${they} can be reached only because containers share the network of this machine: with Docker add ${flags}`,
    ];
  },
};

/** More ports than these are not named one by one. */
const MOST = 3;

function numberOf(port: string): string {
  return port.split("/")[0] ?? port;
}

function publishing(port: string): string {
  const number = numberOf(port);
  return `-p ${number}:${number}${port.endsWith("/tcp") || !port.includes("/") ? "" : port.slice(number.length)}`;
}
