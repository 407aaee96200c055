import type { Rule } from "../../rule.ts";

export const runAsOtherUser: Rule = {
  name: "RunAsOtherUser",
  code: "SW020",
  severity: "info",
  description: "What the program writes should belong to the user that it runs as",
  advice:
    "A VOLUME that is root's cannot be written by another user, and a user whom /etc/passwd does not know has / as its home unless HOME is set; programs fail there at their first cache or log file.",
  built(_file, { stage, user }, tell) {
    if (!user) return;
    const line = stage.body.findLast(({ kind }) => kind === "USER") ?? stage.from;
    if (user.home === undefined && user.canWrite("/") === false)
      tell(
        line,
        `uid ${user.uid} is not in /etc/passwd, so that its home is /, which it cannot write; set HOME to a folder that it can`,
      );
    for (const volume of user.volumes) {
      if (user.canWrite(volume) !== false) continue;
      tell(line, `user ${user.name} cannot write the volume ${volume}; make the folder and give it to the user above VOLUME`);
    }
  },
};
