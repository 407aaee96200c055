/** Rules of `slipway lint`: those of a build, slipway's own, and those of hadolint that the others do not say already. */
import type { Rule } from "./rule.ts";
import { lastUserRoot } from "./rules/hadolint/dl3002-last-user-root.ts";
import { workdirNotCd } from "./rules/hadolint/dl3003-workdir-not-cd.ts";
import { noSudo } from "./rules/hadolint/dl3004-no-sudo.ts";
import { pinnedPackages } from "./rules/hadolint/dl3008-pinned-packages.ts";
import { aptLists } from "./rules/hadolint/dl3009-apt-lists.ts";
import { addArchives } from "./rules/hadolint/dl3010-add-archives.ts";
import { aptGetYes } from "./rules/hadolint/dl3014-apt-get-yes.ts";
import { noInstallRecommends } from "./rules/hadolint/dl3015-no-install-recommends.ts";
import { apkNoCache } from "./rules/hadolint/dl3019-apk-no-cache.ts";
import { copyNotAdd } from "./rules/hadolint/dl3020-copy-not-add.ts";
import { fromKnownStage } from "./rules/hadolint/dl3022-from-known-stage.ts";
import { trustedRegistries } from "./rules/hadolint/dl3026-trusted-registries.ts";
import { aptGetNotApt } from "./rules/hadolint/dl3027-apt-get-not-apt.ts";
import { yumYes } from "./rules/hadolint/dl3030-yum-yes.ts";
import { yumClean } from "./rules/hadolint/dl3032-yum-clean.ts";
import { zypperYes } from "./rules/hadolint/dl3034-zypper-yes.ts";
import { zypperClean } from "./rules/hadolint/dl3036-zypper-clean.ts";
import { dnfYes } from "./rules/hadolint/dl3038-dnf-yes.ts";
import { dnfClean } from "./rules/hadolint/dl3040-dnf-clean.ts";
import { envSelfReference } from "./rules/hadolint/dl3044-env-self-reference.ts";
import { copyNeedsWorkdir } from "./rules/hadolint/dl3045-copy-needs-workdir.ts";
import { useraddNoLogInit } from "./rules/hadolint/dl3046-useradd-no-log-init.ts";
import { wgetProgress } from "./rules/hadolint/dl3047-wget-progress.ts";
import { labelSchema } from "./rules/hadolint/dl3048-label-schema.ts";
import { healthcheckMissing } from "./rules/hadolint/dl3057-healthcheck-missing.ts";
import { consecutiveRuns } from "./rules/hadolint/dl3059-consecutive-runs.ts";
import { yarnClean } from "./rules/hadolint/dl3060-yarn-clean.ts";
import { userByName } from "./rules/hadolint/dl3066-user-by-name.ts";
import { copyWholeRoot } from "./rules/hadolint/dl3067-copy-whole-root.ts";
import { wgetOrCurl } from "./rules/hadolint/dl4001-wget-or-curl.ts";
import { shellNotLink } from "./rules/hadolint/dl4005-shell-not-link.ts";
import { pipefail } from "./rules/hadolint/dl4006-pipefail.ts";
import { spaceAtBracket } from "./rules/shellcheck/sc1035-space-at-bracket.ts";
import { literalBrace } from "./rules/shellcheck/sc1083-literal-brace.ts";
import { echoEscapes } from "./rules/shellcheck/sc2028-echo-escapes.ts";
import { quoteOutput } from "./rules/shellcheck/sc2046-quote-output.ts";
import { quoteVariables } from "./rules/shellcheck/sc2086-quote-variables.ts";
import { variableNeverSet } from "./rules/shellcheck/sc2154-variable-never-set.ts";
import { assignThenExport } from "./rules/shellcheck/sc2155-assign-then-export.ts";
import { cdMayFail } from "./rules/shellcheck/sc2164-cd-may-fail.ts";
import { alpinePython } from "./rules/slipway/alpine-python.ts";
import { aptUpdateAlone } from "./rules/slipway/apt-update-alone.ts";
import { baseTooOld } from "./rules/slipway/base-too-old.ts";
import { copyIntoVolume } from "./rules/slipway/copy-into-volume.ts";
import { copySourceAboveContext } from "./rules/slipway/copy-source-above-context.ts";
import { dependenciesAfterSource } from "./rules/slipway/dependencies-after-source.ts";
import { destinationMismatch } from "./rules/slipway/destination-mismatch.ts";
import { ignoreMatchesRootOnly } from "./rules/slipway/ignore-matches-root-only.ts";
import { jsonFormMistake } from "./rules/slipway/json-form-mistake.ts";
import { metadataBeforeExpensiveSteps } from "./rules/slipway/metadata-before-expensive-steps.ts";
import { missingExecBit } from "./rules/slipway/missing-exec-bit.ts";
import { missingMetadata } from "./rules/slipway/missing-metadata.ts";
import { noDockerignore } from "./rules/slipway/no-dockerignore.ts";
import { packageGone } from "./rules/slipway/package-gone.ts";
import { pipNoCacheDir } from "./rules/slipway/pip-no-cache-dir.ts";
import { programStartedInRun } from "./rules/slipway/program-started-in-run.ts";
import { runNotExecutable } from "./rules/slipway/run-not-executable.ts";
import { shellIgnoredElsewhere } from "./rules/slipway/shell-ignored-elsewhere.ts";
import { shellScriptArg } from "./rules/slipway/shell-script-arg.ts";
import { tagIsLatest } from "./rules/slipway/tag-is-latest.ts";
import { volumeDirMissing } from "./rules/slipway/volume-dir-missing.ts";
import { wildcardMatchesNothing } from "./rules/slipway/wildcard-matches-nothing.ts";
import { BUILD_RULES } from "./rules.ts";

export const ALL_RULES: readonly Rule[] = [
  ...BUILD_RULES,
  aptUpdateAlone,
  dependenciesAfterSource,
  pipNoCacheDir,
  tagIsLatest,
  alpinePython,
  copyIntoVolume,
  noDockerignore,
  ignoreMatchesRootOnly,
  jsonFormMistake,
  runNotExecutable,
  shellScriptArg,
  programStartedInRun,
  copySourceAboveContext,
  destinationMismatch,
  missingExecBit,
  metadataBeforeExpensiveSteps,
  missingMetadata,
  baseTooOld,
  packageGone,
  wildcardMatchesNothing,
  shellIgnoredElsewhere,
  volumeDirMissing,
  lastUserRoot,
  workdirNotCd,
  noSudo,
  pinnedPackages,
  aptLists,
  addArchives,
  aptGetYes,
  noInstallRecommends,
  apkNoCache,
  copyNotAdd,
  fromKnownStage,
  trustedRegistries,
  aptGetNotApt,
  yumYes,
  yumClean,
  zypperYes,
  zypperClean,
  dnfYes,
  dnfClean,
  envSelfReference,
  copyNeedsWorkdir,
  useraddNoLogInit,
  wgetProgress,
  labelSchema,
  healthcheckMissing,
  consecutiveRuns,
  yarnClean,
  userByName,
  copyWholeRoot,
  wgetOrCurl,
  shellNotLink,
  pipefail,
  spaceAtBracket,
  literalBrace,
  echoEscapes,
  quoteOutput,
  quoteVariables,
  variableNeverSet,
  assignThenExport,
  cdMayFail,
];
