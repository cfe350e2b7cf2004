// Exit status 0 when the program in this container answers at /healthz, 1 when not. What is wrong goes to `docker inspect`.
import { get as getHttp } from "node:http";
import { get as getHttps } from "node:https";

const port = /:(\d+)$/.exec(process.env.AUDIT_LISTEN ?? "")?.[1] ?? "8180";
const https = process.env.AUDIT_LISTEN_TLS_CERT !== undefined;

/** @param {string} why */
const fail = (why) => {
  process.stdout.write(`${why}\n`);
  process.exit(1);
};
// Its own certificate is in another name; whether it answers is all that is asked here.
const options = { host: "127.0.0.1", port, path: "/healthz", timeout: 10_000, rejectUnauthorized: false };
(https ? getHttps : getHttp)(options, (response) => {
  if (response.statusCode !== 200) fail(`/healthz answers ${response.statusCode}`);
  response.resume();
})
  .on("timeout", () => fail("/healthz does not answer"))
  .on("error", ({ message }) => fail(message));
