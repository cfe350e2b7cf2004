// serve/cli: the flags of the commands that serve: `serve` and `run`. Takes their fields, gives settings.
import { Option } from "clipanion";
import { type ConfigKey, configSchema } from "../../model/config.ts";

export interface ServiceFlags {
  listen: string | undefined;
  listenTokenFile: string | undefined;
  listenTlsCert: string | undefined;
  listenTlsKey: string | undefined;
  listenNames: string | undefined;
  rateLimit: string | undefined;
  requireToken: boolean | undefined;
}

export function requireTokenFlag() {
  return Option.Boolean("--require-token", { description: configSchema.shape.require_token.description ?? "" });
}

export function serviceSettings(flags: ServiceFlags): Partial<Record<ConfigKey, string | undefined>> {
  return {
    listen: flags.listen,
    listen_token_file: flags.listenTokenFile,
    listen_tls_cert: flags.listenTlsCert,
    listen_tls_key: flags.listenTlsKey,
    listen_names: flags.listenNames,
    rate_limit: flags.rateLimit,
    require_token: flags.requireToken?.toString(),
  };
}
