/** Whether a registry knows a user, and what is kept of that (distribution-spec, "Authentication"; Docker's token specification). */

import { parseChallenges } from "./challenge.ts";
import type { Credentials } from "./credentials.ts";
import { badAnswer, loginRefused, unreachable } from "./errors.ts";
import { hostOf, type RegistryOptions } from "./hosts.ts";

/**
 * What to keep for the credentials: an identity token where the registry gives one, else
 * themselves. Throws REGISTRY_LOGIN_REFUSED, REGISTRY_UNREACHABLE, REGISTRY_BAD_ANSWER.
 */
export async function checkLogin(domain: string, given: Credentials, options: RegistryOptions): Promise<Credentials> {
  const { request } = await import("undici");
  const host = hostOf(domain, options);
  const [base, dispatcher] = [await host.base(), await host.dispatcher()];
  const url = `${base}/v2/`;
  const basic = `Basic ${Buffer.from(`${given.username}:${given.password}`).toString("base64")}`;
  const get = async (address: string, authorization?: string): ReturnType<typeof request> => {
    try {
      return await request(address, {
        dispatcher,
        headers: { "user-agent": "slipway", ...(authorization ? { authorization } : {}) },
      });
    } catch (error) {
      throw unreachable(domain, error);
    }
  };
  const first = await get(url);
  await first.body.dump();
  if (first.statusCode === 200) return given;
  const challenges = parseChallenges([first.headers["www-authenticate"] ?? ""].flat().join(", "));
  const bearer = challenges.find(({ scheme }) => scheme === "bearer")?.parameters;
  const realm = bearer?.get("realm");
  if (first.statusCode !== 401) throw badAnswer(url, `status ${first.statusCode}`);
  if (!realm) {
    const { statusCode, body } = await get(url, basic);
    await body.dump();
    if (statusCode !== 200) throw loginRefused(url);
    return given;
  }
  const service = bearer?.get("service");
  const parameters = new URLSearchParams({
    account: given.username,
    client_id: "slipway",
    offline_token: "true",
    ...(service ? { service } : {}),
  });
  const answer = await get(`${realm}?${parameters}`, basic);
  if (answer.statusCode !== 200) {
    await answer.body.dump();
    throw loginRefused(url);
  }
  const { refresh_token: identityToken } = (await answer.body.json()) as { refresh_token?: string };
  return identityToken ? { ...given, password: "", identityToken } : given;
}
