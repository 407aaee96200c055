import assert from "node:assert/strict";
import { test } from "node:test";
import { parseArguments } from "./args.ts";
import { UsageError } from "./errors.ts";
import type { Flag } from "./flag.ts";

const FLAGS: readonly Flag[] = [
  { name: "interactive", short: "i", kind: "bool", help: "" },
  { name: "tty", short: "t", kind: "bool", help: "" },
  { name: "human", short: "H", kind: "bool", default: "true", help: "" },
  { name: "file", short: "f", kind: "text", help: "" },
  { name: "label", kind: "list", help: "" },
  { name: "add-host", kind: "words", help: "" },
  { name: "last", short: "n", kind: "int", help: "" },
  { name: "shm-size", kind: "bytes", help: "" },
  { name: "pull", kind: "text", bare: "true", help: "" },
];

const parse = (words: string, flagsFirst = false) => parseArguments(words === "" ? [] : words.split(" "), FLAGS, { flagsFirst });

test("a value stands behind the flag, behind `=`, or directly behind the letter", () => {
  for (const line of ["--file x", "--file=x", "-f x", "-fx", "-f=x"]) assert.equal(parse(line).flags.text("file"), "x", line);
  assert.equal(parse("--file=").flags.text("file"), "");
  assert.equal(parse("--file -").flags.text("file"), "-");
});

test("letters of flags without values can be grouped, and the last may take a value", () => {
  const { flags } = parse("-itfDockerfile");
  assert.deepEqual([flags.bool("interactive"), flags.bool("tty"), flags.text("file")], [true, true, "Dockerfile"]);
});

test("a bool takes its value only with `=`", () => {
  const { flags, positional } = parse("-i false --human=false --tty=0");
  assert.deepEqual([flags.bool("interactive"), flags.bool("human"), flags.bool("tty")], [true, false, false]);
  assert.deepEqual(positional, ["false"]);
});

test("a flag with an optional value never takes the next word", () => {
  assert.equal(parse("--pull .").flags.text("pull"), "true");
  assert.equal(parse("--pull=newer .").flags.text("pull"), "newer");
});

test("lists keep commas, words are split at them", () => {
  const { flags } = parse('--label a=1,2 --label b=3 --add-host a:1,"b:2"');
  assert.deepEqual(flags.list("label"), ["a=1,2", "b=3"]);
  assert.deepEqual(flags.list("add-host"), ["a:1", "b:2"]);
});

test("sizes are bytes", () => {
  assert.equal(parse("--shm-size 64m").flags.number("shm-size"), 67108864);
});

test("flags may follow arguments, unless what follows belongs to a program", () => {
  assert.deepEqual(parse("image -i").positional, ["image"]);
  const first = parse("-t image sh -i", true);
  assert.deepEqual(first.positional, ["image", "sh", "-i"]);
  assert.equal(first.flags.bool("interactive"), false);
});

test("behind `--` everything is an argument", () => {
  assert.deepEqual(parse("a -- -i --nope").positional, ["a", "-i", "--nope"]);
});

test("help is `--help`, and `-h` where no flag has the letter", () => {
  assert.equal(parse("--help").help, true);
  assert.equal(parse("-h").help, true);
});

test("what is wrong is said in Docker's words", () => {
  const cases: readonly [string, string][] = [
    ["--nope", "unknown flag: --nope"],
    ["-x", "unknown shorthand flag: 'x' in -x"],
    ["-ix", "unknown shorthand flag: 'x' in -ix"],
    ["--file", "flag needs an argument: --file"],
    ["-f", "flag needs an argument: 'f' in -f"],
    ["--=x", "bad flag syntax: --=x"],
    ["--tty=x", 'invalid argument "x" for "-t, --tty" flag: strconv.ParseBool: parsing "x": invalid syntax'],
    ["-n x", 'invalid argument "x" for "-n, --last" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    ["--shm-size x", `invalid argument "x" for "--shm-size" flag: invalid size: 'x'`],
  ];
  for (const [line, message] of cases) {
    assert.throws(
      () => parse(line),
      (error: unknown) => error instanceof UsageError && error.message === message && error.exitCode === 125,
      line,
    );
  }
});

test("a misspelt flag is met with the one that was meant", () => {
  assert.throws(() => parse("--lable x"), { hint: "did you mean --label?" });
});
