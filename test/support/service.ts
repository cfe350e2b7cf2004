// The HTTP API of a store, on a free port of this machine, in this process; ended with the test.
import { createLogger } from "../../src/lib/logger.ts";
import type { ErrorJson } from "../../src/model/app-error.ts";
import { configSchema } from "../../src/model/config.ts";
import type { TokenScope } from "../../src/model/token.ts";
import { openService, type ServiceOptions } from "../../src/serve/http/service.ts";
import { openServiceStore } from "../../src/store/service-store.ts";

export interface TestService extends AsyncDisposable {
  url: string;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
}

export async function openTestService(
  store: string,
  settings: Record<string, unknown> = {},
  options: Partial<ServiceOptions> = {},
): Promise<TestService> {
  const config = configSchema.parse({ store, listen: "127.0.0.1:0", rate_limit: 1_000_000, ...settings });
  const service = await openService({ config, tls: undefined, log: () => createLogger("silent"), ...options });
  return {
    url: service.url,
    get: async (path, headers = {}) => await fetch(service.url + path, { headers }),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

export async function errorOf(response: Response): Promise<ErrorJson & { status: number }> {
  const { error } = (await response.json()) as { error: ErrorJson };
  return { status: response.status, ...error };
}

export function makeToken(
  store: string,
  name: string,
  scopes: TokenScope[] = ["read"],
  expires_at: string | null = null,
) {
  using tokens = openServiceStore(store);
  return tokens.createToken({ name, scopes, expires_at }, "2026-01-01T00:00:00.000000Z");
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}
