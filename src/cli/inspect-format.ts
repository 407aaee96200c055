/**
 * Documents in the forms of `inspect --format`.
 *
 * Docker runs a template on its typed image first and, when that fails, on the raw
 * JSON: so `.ID` works and `.Id` works, but not both in one template. The same is
 * done here: the schema says what Go's struct would have been.
 */
import { formatDuration, SlipwayError } from "../core/index.ts";
import { FUNCTIONS } from "./template/functions.ts";
import { Template } from "./template/template.ts";
import { fromJson, type GoField, GoList, GoMap, GoNamed, GoStruct, type Value } from "./template/values.ts";

/** A Go type, as far as documents need it. */
type Type =
  | "string"
  | "int"
  | "bool"
  | "time"
  | "duration"
  | "strings"
  | { readonly map: "string" | "empty" }
  | {
      readonly struct: Readonly<Record<string, readonly [goName: string, Type]>>;
      readonly name: string;
      readonly pointer?: boolean;
    };

const HEALTHCHECK: Type = {
  name: "*v1.HealthcheckConfig",
  pointer: true,
  struct: {
    Test: ["Test", "strings"],
    Interval: ["Interval", "duration"],
    Timeout: ["Timeout", "duration"],
    StartPeriod: ["StartPeriod", "duration"],
    StartInterval: ["StartInterval", "duration"],
    Retries: ["Retries", "int"],
  },
};

const CONFIG: Type = {
  name: "*dockerspec.DockerOCIImageConfig",
  pointer: true,
  struct: {
    User: ["User", "string"],
    ExposedPorts: ["ExposedPorts", { map: "empty" }],
    Env: ["Env", "strings"],
    Entrypoint: ["Entrypoint", "strings"],
    Cmd: ["Cmd", "strings"],
    Volumes: ["Volumes", { map: "empty" }],
    WorkingDir: ["WorkingDir", "string"],
    Labels: ["Labels", { map: "string" }],
    StopSignal: ["StopSignal", "string"],
    ArgsEscaped: ["ArgsEscaped", "bool"],
    Healthcheck: ["Healthcheck", HEALTHCHECK],
    OnBuild: ["OnBuild", "strings"],
    Shell: ["Shell", "strings"],
  },
};

const DESCRIPTOR: Type = {
  name: "*v1.Descriptor",
  pointer: true,
  struct: { mediaType: ["MediaType", "string"], digest: ["Digest", "string"], size: ["Size", "int"] },
};

/** An image as `image inspect` gives it. */
const IMAGE: Type = {
  name: "image.InspectResponse",
  struct: {
    Id: ["ID", "string"],
    RepoTags: ["RepoTags", "strings"],
    RepoDigests: ["RepoDigests", "strings"],
    Parent: ["Parent", "string"],
    Comment: ["Comment", "string"],
    Created: ["Created", "string"],
    DockerVersion: ["DockerVersion", "string"],
    Author: ["Author", "string"],
    Config: ["Config", CONFIG],
    Architecture: ["Architecture", "string"],
    Variant: ["Variant", "string"],
    Os: ["Os", "string"],
    OsVersion: ["OsVersion", "string"],
    Size: ["Size", "int"],
    GraphDriver: [
      "GraphDriver",
      { name: "*storage.DriverData", pointer: true, struct: { Name: ["Name", "string"], Data: ["Data", { map: "string" }] } },
    ],
    RootFS: ["RootFS", { name: "image.RootFS", struct: { Type: ["Type", "string"], Layers: ["Layers", "strings"] } }],
    Metadata: ["Metadata", { name: "image.Metadata", struct: { LastTagTime: ["LastTagTime", "time"] } }],
    Descriptor: ["Descriptor", DESCRIPTOR],
  },
};

/** Documents of images, each on its line, or all as one JSON array. Throws TEMPLATE_INVALID. */
export function renderInspect(documents: readonly unknown[], format: string): string {
  if (format === "") return `${JSON.stringify(documents, null, 4)}\n`;
  if (format === "json") return `${JSON.stringify(documents)}\n`;
  const template = new Template(format);
  return documents.map((document) => `${runTwice(template, document)}\n`).join("");
}

function runTwice(template: Template, document: unknown): string {
  try {
    return template.run(typed(document, IMAGE));
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return template.run(fromJson(document), FUNCTIONS, true);
  }
}

function typed(value: unknown, type: Type): Value {
  if (typeof type === "object" && "struct" in type)
    return value == null && type.pointer ? null : structOf((value ?? {}) as Record<string, unknown>, type);
  if (typeof type === "object") {
    const entries = Object.entries((value ?? {}) as Record<string, unknown>);
    const empty = (): Value => new GoStruct(new Map(), "struct {}");
    const items = new Map(entries.map(([key, item]): [string, Value] => [key, type.map === "empty" ? empty() : String(item)]));
    return new GoMap(
      items,
      type.map === "empty" ? "map[string]struct {}" : "map[string]string",
      type.map === "empty" ? empty() : "",
      value == null,
    );
  }
  switch (type) {
    case "string":
      return String(value ?? "");
    case "bool":
      return value === true;
    case "int":
      return BigInt(Math.trunc(Number(value ?? 0)));
    case "duration": {
      const nanoseconds = BigInt(Math.trunc(Number(value ?? 0)));
      return new GoNamed(formatDuration(nanoseconds), Number(nanoseconds), "time.Duration", nanoseconds);
    }
    case "time":
      return timeOf(String(value ?? "0001-01-01T00:00:00Z"));
    case "strings":
      return new GoList(((value ?? []) as unknown[]).map(String), "[]string", value == null);
  }
}

/** Fields in the order of the document; what is not in it has its zero value and is not in JSON. */
function structOf(document: Record<string, unknown>, type: Extract<Type, { struct: object }>): GoStruct {
  const fields = new Map<string, GoField>();
  for (const [key, value] of Object.entries(document)) {
    const known = type.struct[key];
    if (known) fields.set(known[0], { value: typed(value, known[1]), json: key });
  }
  for (const [name, its] of Object.values(type.struct)) if (!fields.has(name)) fields.set(name, { value: typed(undefined, its) });
  return new GoStruct(fields, type.name);
}

function timeOf(text: string): GoNamed {
  const found = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+?)0*)?(?:Z|\+00:00)$/.exec(text);
  const fraction = found?.[3] ? `.${found[3]}` : "";
  return new GoNamed(found ? `${found[1]} ${found[2]}${fraction} +0000 UTC` : text, text, "time.Time", undefined);
}
