/** When versions of common base images got their last free security updates, as their projects announced it. */

export interface Ended {
  readonly what: string;
  /** `2024-10-07`. */
  readonly ended: string;
}

/** What is known of an image: of its own version, and of the distribution that its tag names. */
export function endOfLife(repository: string, tag: string): readonly Ended[] {
  const found: Ended[] = [];
  const own = VERSIONS[repository];
  const version = own
    ? Object.keys(own).find((one) => new RegExp(`^v?${one.replace(".", "\\.")}(?![0-9])`).test(tag))
    : undefined;
  if (own && version !== undefined) found.push({ what: `${repository} ${version}`, ended: own[version] as string });
  const release = Object.keys(RELEASES).find((name) => new RegExp(`(^|-)${name.replace(".", "\\.")}(?![0-9])`).test(tag));
  const [what, ended] = RELEASES[release ?? ""] ?? [];
  if (what && ended) found.push({ what, ended });
  return found;
}

const VERSIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  debian: { "8": "2020-06-30", "9": "2022-06-30", "10": "2024-06-30", "11": "2026-08-31" },
  ubuntu: {
    "14.04": "2019-04-25",
    "16.04": "2021-04-30",
    "18.04": "2023-05-31",
    "20.04": "2025-05-31",
    "22.04": "2027-04-01",
    "23.04": "2024-01-25",
    "23.10": "2024-07-11",
    "24.10": "2025-07-10",
  },
  alpine: {
    "3.14": "2023-05-01",
    "3.15": "2023-11-01",
    "3.16": "2024-05-23",
    "3.17": "2024-11-22",
    "3.18": "2025-05-09",
    "3.19": "2025-11-01",
    "3.20": "2026-04-01",
    "3.21": "2026-11-01",
    "3.22": "2027-05-01",
  },
  centos: { "6": "2020-11-30", "7": "2024-06-30", "8": "2021-12-31" },
  python: {
    "2": "2020-01-01",
    "3.5": "2020-09-30",
    "3.6": "2021-12-23",
    "3.7": "2023-06-27",
    "3.8": "2024-10-07",
    "3.9": "2025-10-31",
    "3.10": "2026-10-31",
    "3.11": "2027-10-31",
  },
  node: {
    "10": "2021-04-30",
    "12": "2022-04-30",
    "14": "2023-04-30",
    "16": "2023-09-11",
    "18": "2025-04-30",
    "20": "2026-04-30",
    "21": "2024-06-01",
    "22": "2027-04-30",
    "23": "2025-06-01",
  },
  ruby: { "2.7": "2023-03-31", "3.0": "2024-04-23", "3.1": "2025-03-26", "3.2": "2026-03-31" },
  php: { "7": "2022-11-28", "8.0": "2023-11-26", "8.1": "2025-12-31", "8.2": "2026-12-31" },
  golang: { "1.20": "2024-02-06", "1.21": "2024-08-13", "1.22": "2025-02-11", "1.23": "2025-08-12" },
  postgres: { "11": "2023-11-09", "12": "2024-11-21", "13": "2025-11-13", "14": "2026-11-12" },
};

/** Names that stand for a release in the tags of many images. */
const RELEASES: Readonly<Record<string, readonly [what: string, ended: string]>> = {
  jessie: ["Debian 8 (jessie)", "2020-06-30"],
  stretch: ["Debian 9 (stretch)", "2022-06-30"],
  buster: ["Debian 10 (buster)", "2024-06-30"],
  bullseye: ["Debian 11 (bullseye)", "2026-08-31"],
  xenial: ["Ubuntu 16.04 (xenial)", "2021-04-30"],
  bionic: ["Ubuntu 18.04 (bionic)", "2023-05-31"],
  focal: ["Ubuntu 20.04 (focal)", "2025-05-31"],
  "alpine3.16": ["Alpine 3.16", "2024-05-23"],
  "alpine3.17": ["Alpine 3.17", "2024-11-22"],
  "alpine3.18": ["Alpine 3.18", "2025-05-09"],
  "alpine3.19": ["Alpine 3.19", "2025-11-01"],
};
