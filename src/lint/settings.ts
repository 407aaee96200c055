/** Settings of `slipway lint`: those of hadolint's configuration file, which many projects have already. */
import type { SourceText } from "../core/index.ts";
import { badLintSetting } from "./errors.ts";
import type { Policy, Severity } from "./rule.ts";
import { readYaml, type YamlValue } from "./yaml.ts";

export interface LintSettings extends Policy {
  /** Rules that are off, by any of their names. */
  readonly ignored: ReadonlySet<string>;
  /** Rules that are on though they are off by default. */
  readonly enabled: ReadonlySet<string>;
  /** Severities in place of the rules' own; to name a rule turns it on. */
  readonly severities: ReadonlyMap<string, Severity>;
  /** From this severity on advice is a failure; `none`: never. */
  readonly threshold: Threshold;
}

export type Threshold = Severity | "none";

export const SEVERITIES: readonly Severity[] = ["error", "warning", "info", "style"];

/** Nothing is changed, and all advice but that on style is a failure, as with hadolint. */
export const DEFAULT_SETTINGS: LintSettings = {
  ignored: new Set(),
  enabled: new Set(),
  severities: new Map(),
  threshold: "info",
  trustedRegistries: [],
  labelSchema: new Map(),
  strictLabels: false,
};

/** Keys of hadolint's file that say how it prints, which here the command line says. */
const PASSED_OVER = ["format", "no-color", "verbose", "disable-ignore-pragma"];

/** Reads `.hadolint.yaml`. Throws LINT_SETTINGS_SYNTAX, LINT_SETTING_INVALID. */
export function parseSettings(source: SourceText): LintSettings {
  let settings: { -readonly [K in keyof LintSettings]: LintSettings[K] } = { ...DEFAULT_SETTINGS };
  for (const [key, value] of Object.entries(mapOf(source, "the file", readYaml(source)))) {
    switch (key) {
      case "ignored":
        settings = { ...settings, ignored: new Set(listOf(source, key, value)) };
        break;
      case "enabled":
        settings = { ...settings, enabled: new Set(listOf(source, key, value)) };
        break;
      case "override":
        settings = { ...settings, severities: severitiesOf(source, value) };
        break;
      case "failure-threshold":
        settings.threshold = thresholdOf(value) ?? fail(source, key, "error, warning, info, style or none");
        break;
      case "no-fail":
        if (value === "true") settings.threshold = "none";
        break;
      case "trustedRegistries":
        settings = { ...settings, trustedRegistries: listOf(source, key, value) };
        break;
      case "label-schema":
        settings = {
          ...settings,
          labelSchema: new Map(Object.entries(mapOf(source, key, value)).map(([k, v]) => [k, String(v)])),
        };
        break;
      case "strict-labels":
        settings = { ...settings, strictLabels: value === "true" };
        break;
      default:
        if (!PASSED_OVER.includes(key)) fail(source, key, "a key that hadolint knows");
    }
  }
  return settings;
}

/** `warning` of `--failure-threshold`; undefined if there is no such one. */
export function thresholdOf(value: unknown): Threshold | undefined {
  if (value === "ignore" || value === "none") return "none";
  return SEVERITIES.find((one) => one === value);
}

function severitiesOf(source: SourceText, value: YamlValue): ReadonlyMap<string, Severity> {
  const found = new Map<string, Severity>();
  for (const [level, names] of Object.entries(mapOf(source, "override", value))) {
    const severity =
      SEVERITIES.find((one) => one === level) ?? fail(source, `override.${level}`, "error, warning, info or style");
    for (const name of listOf(source, `override.${level}`, names)) found.set(name, severity);
  }
  return found;
}

function mapOf(source: SourceText, key: string, value: YamlValue): Readonly<Record<string, YamlValue>> {
  if (value === null) return {};
  return typeof value === "object" && !Array.isArray(value) ? (value as Record<string, YamlValue>) : fail(source, key, "a map");
}

function listOf(source: SourceText, key: string, value: YamlValue): readonly string[] {
  if (value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  return list.map((one) => (typeof one === "string" ? one : fail(source, key, "a list of names")));
}

function fail(source: SourceText, key: string, wanted: string): never {
  throw badLintSetting(source, key, wanted);
}
