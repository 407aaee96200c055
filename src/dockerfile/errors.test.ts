// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Dockerfiles have variables too.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SlipwayError } from "../core/index.ts";
import { parseDockerfile } from "./index.ts";

/** What is wrong with the lines below `FROM a`: each error with what its range covers. */
function wrong(lines: string): { error: SlipwayError; at: string; covers: string }[] {
  const text = `FROM a\n${lines}\n`;
  try {
    parseDockerfile({ name: "Dockerfile", text });
  } catch (error) {
    assert.ok(error instanceof SlipwayError, String(error));
    return [error, ...error.others].map((one) => {
      const { start, end } = one.range ?? assert.fail("an error of the language has a place");
      const line = text.split("\n")[start.line - 1] ?? "";
      return {
        error: one,
        at: `${start.line}:${start.column}`,
        covers: line.slice(start.column - 1, end.line > start.line ? undefined : end.column - 1),
      };
    });
  }
  return assert.fail(`nothing is wrong with ${lines}`);
}

const CASES: readonly (readonly [lines: string, code: string, covers: string, words: RegExp])[] = [
  ["RUNN x", "DOCKERFILE_UNKNOWN_INSTRUCTION", "RUNN", /did you mean RUN\?/],
  ["runn x", "DOCKERFILE_UNKNOWN_INSTRUCTION", "runn", /did you mean run\?/],
  ['CMD["python", "x"]', "DOCKERFILE_UNKNOWN_INSTRUCTION", 'CMD["python",', /a blank is missing after CMD/],
  ["&& apt-get install x", "DOCKERFILE_UNKNOWN_INSTRUCTION", "&&", /the line above.*must end with a backslash/],
  ["COPY --form=x a b", "DOCKERFILE_UNKNOWN_FLAG", "--form=x", /did you mean from\?[^]*COPY has .*--from/],
  ["WORKDIR --x /a", "DOCKERFILE_UNKNOWN_FLAG", "--x", /WORKDIR has no flags/],
  ["COPY --link=maybe a b", "DOCKERFILE_FLAG_VALUE", "--link=maybe", /true or false/],
  ["COPY --from x a b", "DOCKERFILE_FLAG_VALUE", "--from", /--from=value/],
  ["COPY --chown=a --chown=b x y", "DOCKERFILE_DUPLICATE_FLAG", "--chown=b", /once/],
  ["SHELL [/bin/sh, -c]", "DOCKERFILE_VALUE", "SHELL [/bin/sh, -c]", /SHELL \["\/bin\/sh", "-c"\]/],
  ["SHELL ['/bin/sh', '-c']", "DOCKERFILE_VALUE", "SHELL ['/bin/sh', '-c']", /double quotes: SHELL \["\/bin\/sh", "-c"\]/],
  ["COPY ['a','b']", "DOCKERFILE_ARGUMENTS", "COPY ['a','b']", /COPY \["a", "b"\]/],
  ['CMD ["a", 1]', "DOCKERFILE_JSON_NOT_STRINGS", '["a", 1]', /double quotes/],
  ["HEALTHCHECK --interval=3 CMD x", "DOCKERFILE_HEALTHCHECK", "3", /missing unit[^]*such as 30s/],
  ["HEALTHCHECK --retries=many CMD x", "DOCKERFILE_HEALTHCHECK", "many", /a number such as 3/],
  ["RUN --network=hots x", "DOCKERFILE_VALUE", "hots", /default, none or host/],
  ["RUN --mount=type=bind,from=$x,target=/y z", "DOCKERFILE_VALUE", "from=$x", /FROM with the variable AS name/],
  ["ENV A=${B:?must set}", "DOCKERFILE_PAIR_EXPECTED", "set}", /needs quotes/],
  ["ENV x", "DOCKERFILE_VALUE_MISSING", "x", /ENV name=value/],
  ["FROM x AS 1st", "DOCKERFILE_STAGE_NAME", "1st", /beginning with a letter/],
  ["FROM x AS", "DOCKERFILE_ARGUMENTS", "FROM x AS", /FROM image \[AS name\]/],
  ["RUN <<EOF\necho", "DOCKERFILE_HEREDOC_UNTERMINATED", "<<EOF", /nothing but EOF/],
  ["ONBUILD FROM x", "DOCKERFILE_ONBUILD", "ONBUILD", /any instruction but/],
];

for (const [lines, code, covers, words] of CASES) {
  test(`${JSON.stringify(lines)} is refused at ${JSON.stringify(covers)}`, () => {
    const [first] = wrong(lines);
    assert.equal(first?.error.code, code);
    assert.equal(first?.covers, covers);
    assert.match(`${first?.error.message}\n${first?.error.hint}`, words);
  });
}

test("the place is right behind a continuation, a tab and letters of any width", () => {
  assert.equal(wrong("RUN true\n\tCOPY \\\n  --form=x a b")[0]?.at, "4:3");
  assert.equal(wrong("LABEL a=日本 日=本 x")[0]?.at, "2:16");
});

test("all errors of a file are told, in the order of its lines", () => {
  const found = wrong("VOLUME\nENV x\nRUNN true\nCOPY x\nRUN true\nCMD [1]");
  assert.deepEqual(
    found.map(({ at }) => at),
    ["2:1", "3:5", "4:1", "5:1", "7:5"],
  );
});

test("a misspelt FROM is one error, not one for each line below it", () => {
  assert.throws(
    () => parseDockerfile({ name: "Dockerfile", text: "FORM a\nRUN true\nRUN true\n" }),
    (error) => error instanceof SlipwayError && error.others.length === 0 && /FORM/.test(error.message),
  );
});

test("after a hundred errors nothing more is looked for", () => {
  assert.equal(wrong("FOO\n".repeat(5000)).length, 100);
});
