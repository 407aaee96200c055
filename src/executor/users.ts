/** Names of users and groups to numbers, from the texts of /etc/passwd and /etc/group. */
import { groupUnknown, userOutOfRange, userUnknown } from "./errors.ts";

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
const LARGEST_UNSIGNED = 0xffffffff;

/**
 * The value of USER, as BuildKit reads it. An unknown name is an error; a number need not be
 * known and is never taken for a name. Supplementary groups come only where no group was
 * named. Throws USER_UNKNOWN, GROUP_UNKNOWN, USER_OUT_OF_RANGE.
 */
export function resolveUser(user: string, passwd: string | undefined, group: string | undefined): Identity {
  const pair = numericPair(user);
  if (pair) return { ...pair, groups: [] };
  const [userPart = "", groupPart = ""] = user.split(":");
  const number = wholeNumber(userPart === "" ? "0" : userPart);
  const account = accountsIn(passwd ?? "").find((one) => (number === undefined ? one.name === userPart : one.uid === number));
  if (!account && number === undefined) throw userUnknown(userPart);
  const uid = account?.uid ?? inRange(number ?? 0);
  const groups = groupsIn(group ?? "");
  if (groupPart === "") {
    const name = account?.name;
    const memberOf = groups.filter((one) => name !== undefined && one.members.includes(name)).map((one) => one.gid);
    return { uid, gid: account?.gid ?? 0, groups: memberOf };
  }
  const gid = wholeNumber(groupPart);
  if (gid !== undefined) return { uid, gid: inRange(gid), groups: [] };
  const named = groups.find((one) => one.name === groupPart);
  if (!named) throw groupUnknown(groupPart);
  return { uid, gid: named.gid, groups: [] };
}

/**
 * The value of `--chown`, as BuildKit reads it: a user who is not found is 0, a group that
 * is not found is the user's own, an empty one is 0. -1 leaves the owner as it is.
 */
export function resolveOwner(owner: string, passwd: string | undefined, group: string | undefined): { uid: number; gid: number } {
  const [userPart, groupPart] = splitOnce(owner);
  const number = ownerNumber(userPart);
  const account = number === undefined ? accountsIn(passwd ?? "").find((one) => one.name === userPart) : undefined;
  const uid = number ?? account?.uid ?? 0;
  if (groupPart === undefined) return { uid, gid: account?.gid ?? number ?? 0 };
  if (groupPart === "") return { uid, gid: 0 };
  const gid = ownerNumber(groupPart) ?? groupsIn(group ?? "").find((one) => one.name === groupPart)?.gid;
  return { uid, gid: gid ?? account?.gid ?? 0 };
}

/** Whether /etc/passwd has a user of this number. */
export function hasAccount(uid: number, passwd: string | undefined): boolean {
  return accountsIn(passwd ?? "").some((one) => one.uid === uid);
}

/** The home directory of a user; `/` if nobody says. */
export function homeOf(uid: number, passwd: string | undefined): string {
  return accountsIn(passwd ?? "").find((one) => one.uid === uid)?.home || "/";
}

function splitOnce(text: string): [string, string | undefined] {
  const colon = text.indexOf(":");
  return colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** `UID:GID` of two numbers up to 32 bits, where `root` is one: no file is asked. */
function numericPair(user: string): { uid: number; gid: number } | undefined {
  const [userPart, groupPart] = splitOnce(user);
  if (groupPart === undefined) return undefined;
  const [uid, gid] = [userPart, groupPart].map((part) =>
    part === "root" ? 0 : /^\d{1,10}$/.test(part) ? Number(part) : Infinity,
  );
  return uid !== undefined && gid !== undefined && uid <= LARGEST_UNSIGNED && gid <= LARGEST_UNSIGNED ? { uid, gid } : undefined;
}

function wholeNumber(text: string): number | undefined {
  return /^[+-]?\d{1,18}$/.test(text) ? Number(text) : undefined;
}

function inRange(id: number): number {
  if (id < 0 || id > LARGEST_ID) throw userOutOfRange();
  return id;
}

function ownerNumber(text: string): number | undefined {
  const number = wholeNumber(text);
  return number === undefined || number > LARGEST_ID || number < -LARGEST_ID - 1 ? undefined : number;
}

function idOf(text: string): number | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined;
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
