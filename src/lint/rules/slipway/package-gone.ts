import type { Rule } from "../../rule.ts";
import { runsOf } from "../../shell/runs.ts";

export const packageGone: Rule = {
  name: "PackageGone",
  code: "SW023",
  description: "Packages should be named as today's distributions have them",
  advice:
    "Debian and Ubuntu have removed or renamed packages that older guides name; the install ends with: no installation candidate.",
  whole(file, _around, tell) {
    for (const { run, calls } of runsOf(file)) {
      for (const call of calls) {
        if (!["apt-get", "apt", "aptitude"].includes(call.manager) || call.action !== "install") continue;
        for (const word of call.operands) {
          const instead = GONE[word.text];
          if (instead) tell(run, `${word.text} is gone from current Debian and Ubuntu; use ${instead}`, { at: word });
        }
      }
    }
  },
};

const GONE: Readonly<Record<string, string>> = {
  python: "python3",
  "python-pip": "python3-pip",
  "python-dev": "python3-dev",
  "python-setuptools": "python3-setuptools",
  "python-virtualenv": "python3-venv",
  "python-numpy": "python3-numpy",
  "python-yaml": "python3-yaml",
  "libmysqlclient-dev": "default-libmysqlclient-dev or libmariadb-dev",
  "mysql-client": "default-mysql-client",
  "libpng12-dev": "libpng-dev",
  "libjpeg8-dev": "libjpeg-dev",
  "openjdk-7-jdk": "default-jdk",
  "openjdk-7-jre": "default-jre",
  "ttf-dejavu": "fonts-dejavu",
  ntp: "chrony or systemd-timesyncd",
};
