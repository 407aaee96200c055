// Loaded before a program: writes a line for each file it opens, process and thread it starts, and text it hashes
// to the file that COUNT_CALLS names.
"use strict";
const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");

const out = fs.openSync(process.env.COUNT_CALLS, "a");
const tell = (...words) => fs.writeSync(out, `${words.join(" ")}\n`);

function wrap(module, name, what) {
  const real = module[name];
  module[name] = function (...words) {
    what(...words);
    return Reflect.apply(real, this, words);
  };
}

for (const name of ["openSync", "readFileSync", "createReadStream", "copyFileSync"])
  wrap(fs, name, (path) => tell("open", String(path)));
const processes = require("node:child_process");
for (const name of ["spawn", "spawnSync", "execFile", "execFileSync", "fork"]) wrap(processes, name, (file) => tell("spawn", file));
const threads = require("node:worker_threads");
threads.Worker = class extends threads.Worker {
  constructor(...words) {
    tell("thread", words[0]);
    super(...words);
  }
};
const crypto = require("node:crypto");
const create = crypto.createHash;
crypto.createHash = (...words) => {
  const hash = create(...words);
  const update = hash.update.bind(hash);
  hash.update = (bytes, ...rest) => {
    tell("hash", Buffer.byteLength(bytes));
    update(bytes, ...rest);
    return hash;
  };
  return hash;
};
syncBuiltinESMExports();
