export { type Credentials, credentialsFor, forgetCredentials, storeCredentials } from "./credentials.ts";
export { openDispatcher, type Proxies, type RegistryOptions } from "./hosts.ts";
export { checkLogin } from "./login.ts";
export { openRepository, type Repository } from "./repository.ts";
