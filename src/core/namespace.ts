/**
 * The environment variable that tells a program which slipway started in a user namespace
 * whose that is, as `UID:GID` outside of it, or `refused ERRNO` where there could be none.
 */
export const NAMESPACE_VARIABLE = "SLIPWAY_NAMESPACE";
