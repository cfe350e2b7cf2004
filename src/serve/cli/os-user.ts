// serve/cli: who runs this process, as the operating system knows it: the reader in the access log.
import { userInfo } from "node:os";

export function osUserName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that has no name.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
