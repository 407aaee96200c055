/** Names of users and groups to numbers, from the texts of /etc/passwd and /etc/group. */
import { groupUnknown, userUnknown } from "./errors.ts";

/** Who a process is. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

const LARGEST_ID = 0x7fffffff;

/**
 * The value of USER, as runc reads it. An unknown name is an error; a number need not be
 * known. Supplementary groups come only where no group was named. Throws USER_UNKNOWN, GROUP_UNKNOWN.
 */
export function resolveUser(user: string, passwd: string | undefined, group: string | undefined): Identity {
  const [userPart = "", groupPart = ""] = splitOnce(user);
  const accounts = accountsIn(passwd ?? "");
  const groups = groupsIn(group ?? "");
  const account = find(accounts, userPart === "" ? "0" : userPart, (one) => one.uid);
  const number = idOf(userPart);
  if (!account && userPart !== "" && number === undefined) throw userUnknown(userPart);
  const uid = account?.uid ?? number ?? 0;
  if (groupPart !== "") {
    const named = find(groups, groupPart, (one) => one.gid);
    const gid = named?.gid ?? idOf(groupPart);
    if (gid === undefined) throw groupUnknown(groupPart);
    return { uid, gid, groups: [] };
  }
  const name = account?.name;
  const memberOf = groups.filter((one) => name !== undefined && one.members.includes(name)).map((one) => one.gid);
  return { uid, gid: account?.gid ?? 0, groups: memberOf };
}

/** The value of `--chown`, as BuildKit reads it: what is not found is 0. */
export function resolveOwner(owner: string, passwd: string | undefined, group: string | undefined): { uid: number; gid: number } {
  const [userPart = "", groupPart] = splitOnce(owner);
  const number = idOf(userPart);
  const account = number === undefined ? accountsIn(passwd ?? "").find((one) => one.name === userPart) : undefined;
  const uid = number ?? account?.uid ?? 0;
  if (groupPart === undefined) return { uid, gid: account?.gid ?? number ?? 0 };
  const gid = idOf(groupPart) ?? groupsIn(group ?? "").find((one) => one.name === groupPart)?.gid;
  return { uid, gid: gid ?? account?.gid ?? 0 };
}

/** The home directory of a user; `/` if nobody says. */
export function homeOf(uid: number, passwd: string | undefined): string {
  return accountsIn(passwd ?? "").find((one) => one.uid === uid)?.home || "/";
}

function splitOnce(text: string): [string, string | undefined] {
  const colon = text.indexOf(":");
  return colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
}

function find<T extends { readonly name: string }>(all: readonly T[], text: string, id: (one: T) => number): T | undefined {
  return all.find((one) => one.name === text) ?? all.find((one) => String(id(one)) === text);
}

function idOf(text: string): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const number = Number(text);
  return number <= LARGEST_ID ? number : undefined;
}

function accountsIn(passwd: string): Account[] {
  return linesIn(passwd).flatMap((fields) => {
    const [name = "", , uid = "", gid = "", , home = ""] = fields;
    const ids = [idOf(uid), idOf(gid)];
    return ids[0] === undefined ? [] : [{ name, uid: ids[0], gid: ids[1] ?? 0, home }];
  });
}

function groupsIn(group: string): Group[] {
  return linesIn(group).flatMap((fields) => {
    const [name = "", , gid = "", members = ""] = fields;
    const id = idOf(gid);
    return id === undefined ? [] : [{ name, gid: id, members: members.split(",").filter(Boolean) }];
  });
}

function linesIn(text: string): string[][] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(":"));
}
