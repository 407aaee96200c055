/** The rules of `build --check`. Their names, places and messages are BuildKit's, since people search for them and skip them by name. */
import type { Rule } from "./rule.ts";
import { consistentInstructionCasing } from "./rules/consistent-instruction-casing.ts";
import { copyIgnoredFile } from "./rules/copy-ignored-file.ts";
import { duplicateStageName } from "./rules/duplicate-stage-name.ts";
import { exposeInvalidFormat } from "./rules/expose-invalid-format.ts";
import { exposeProtoCasing } from "./rules/expose-proto-casing.ts";
import { fromAsCasing } from "./rules/from-as-casing.ts";
import { fromPlatformFlagConstDisallowed } from "./rules/from-platform-flag-const-disallowed.ts";
import { invalidBaseImagePlatform } from "./rules/invalid-base-image-platform.ts";
import { invalidDefaultArgInFrom } from "./rules/invalid-default-arg-in-from.ts";
import { invalidDefinitionDescription } from "./rules/invalid-definition-description.ts";
import { jsonArgsRecommended } from "./rules/json-args-recommended.ts";
import { legacyKeyValueFormat } from "./rules/legacy-key-value-format.ts";
import { maintainerDeprecated } from "./rules/maintainer-deprecated.ts";
import { multipleInstructionsDisallowed } from "./rules/multiple-instructions-disallowed.ts";
import { noEmptyContinuation } from "./rules/no-empty-continuation.ts";
import { redundantTargetPlatform } from "./rules/redundant-target-platform.ts";
import { reservedStageName } from "./rules/reserved-stage-name.ts";
import { secretsUsedInArgOrEnv } from "./rules/secrets-used-in-arg-or-env.ts";
import { runAsOtherUser } from "./rules/slipway/run-as-other-user.ts";
import { splitRuntime } from "./rules/slipway/split-runtime.ts";
import { unusedBuildArg } from "./rules/slipway/unused-build-arg.ts";
import { stageNameCasing } from "./rules/stage-name-casing.ts";
import { undefinedArgInFrom } from "./rules/undefined-arg-in-from.ts";
import { undefinedVar } from "./rules/undefined-var.ts";
import { workdirRelativePath } from "./rules/workdir-relative-path.ts";

export const RULES: readonly Rule[] = [
  stageNameCasing,
  fromAsCasing,
  maintainerDeprecated,
  legacyKeyValueFormat,
  invalidDefinitionDescription,
  consistentInstructionCasing,
  noEmptyContinuation,
  reservedStageName,
  duplicateStageName,
  invalidDefaultArgInFrom,
  undefinedArgInFrom,
  redundantTargetPlatform,
  fromPlatformFlagConstDisallowed,
  invalidBaseImagePlatform,
  undefinedVar,
  jsonArgsRecommended,
  workdirRelativePath,
  multipleInstructionsDisallowed,
  secretsUsedInArgOrEnv,
  copyIgnoredFile,
  exposeProtoCasing,
  exposeInvalidFormat,
];

/** What a build tells of besides: it knows more than the file. */
export const BUILD_RULES: readonly Rule[] = [...RULES, unusedBuildArg, splitRuntime, runAsOtherUser];
