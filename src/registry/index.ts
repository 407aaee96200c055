export { type Credentials, credentialsFor } from "./credentials.ts";
export type { RegistryOptions } from "./http.ts";
export { openRepository, type Repository } from "./repository.ts";
