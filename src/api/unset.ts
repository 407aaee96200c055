/** What an image does not take over from its base: settings that no instruction of a Dockerfile can take back. */
import type { ContainerConfig } from "../oci/index.ts";
import type { Plan } from "../plan/index.ts";
import { badOption } from "./errors.ts";

/** Settings by name, and settings that there is one of. */
const LISTS: Readonly<Record<string, keyof ContainerConfig>> = { label: "Labels", expose: "ExposedPorts", volume: "Volumes" };
const SINGLE: Readonly<Record<string, keyof ContainerConfig>> = {
  cmd: "Cmd",
  entrypoint: "Entrypoint",
  healthcheck: "Healthcheck",
  onbuild: "OnBuild",
  shell: "Shell",
  stopsignal: "StopSignal",
  user: "User",
  workdir: "WorkingDir",
};

/** The plan whose image lacks the settings: `env=NAME`, `label=NAME`, `expose=PORT`, `volume=PATH`, `cmd`, ... Throws OPTION_INVALID. */
export function withoutSettings(plan: Plan, unset: readonly string[]): Plan {
  if (unset.length === 0) return plan;
  const config = unset.reduce(without, plan.config.config ?? {});
  return { ...plan, config: { ...plan.config, config } };
}

function without(config: ContainerConfig, text: string): ContainerConfig {
  const equals = text.indexOf("=");
  const kind = (equals < 0 ? text : text.slice(0, equals)).toLowerCase();
  const name = equals < 0 ? "" : text.slice(equals + 1);
  const single = SINGLE[kind];
  if (single && name === "") return dropped(config, single);
  if (name !== "" && kind === "env")
    return { ...config, Env: (config.Env ?? []).filter((pair) => pair.split("=", 1)[0] !== name) };
  const list = LISTS[kind];
  if (!list || name === "") {
    const kinds = ["env=NAME", ...Object.keys(LISTS).map((key) => `${key}=NAME`), ...Object.keys(SINGLE)];
    throw badOption("--unset", text, `there are ${kinds.join(", ")}`);
  }
  const key = kind === "expose" && !name.includes("/") ? `${name}/tcp` : name;
  const { [key]: _, ...rest } = (config[list] ?? {}) as Record<string, unknown>;
  return Object.keys(rest).length > 0 ? { ...config, [list]: rest } : dropped(config, list);
}

function dropped(config: ContainerConfig, key: keyof ContainerConfig): ContainerConfig {
  const { [key]: _, ...rest } = config;
  return rest;
}
