// serve/cli: `auditctl mcp`. Answers an assistant over standard input and output, where nothing else may be written.
import { Command } from "clipanion";
import { createLogger } from "../../lib/logger.ts";
import { openAccessLog } from "../../store/access-log.ts";

import { osUserName } from "./os-user.ts";
import { QuestionCommand } from "./question-command.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

export class McpCommand extends QuestionCommand {
  static override paths = [["mcp"]];
  static override usage = Command.Usage({
    description: "Answer an AI assistant over standard input and output (MCP).",
    details:
      "Started by the assistant, not by hand; `auditctl mcp install` tells it how. Reads the store, or a running service with `--url`. " +
      "Standard output carries the protocol and nothing else; messages go to standard error. Ends with its input.",
    examples: [
      ["A store on this machine", "auditctl mcp --store audit-overlay.db"],
      ["A service elsewhere; the token from the environment", "AUDIT_TOKEN=… auditctl mcp --url http://127.0.0.1:8180"],
    ],
  });

  protected override async run(): Promise<number> {
    const { store, log_level } = this.settings;
    const log = createLogger(log_level, "mcp");
    const service = this.remoteService();
    await using answerer = await this.openAnswerer();
    // A service records for itself who asked it.
    using accessLog = service === undefined ? openAccessLog(store, { log }) : undefined;
    // Only this command waits for the SDK to load.
    const { runMcpStdio } = await import("../mcp/run-stdio.ts");
    using stop = stopOnSignal();
    const serviceUrl = service?.url ?? null;
    await runMcpStdio({ answerer, accessLog: accessLog ?? null, reader: osUserName(), serviceUrl, log }, stop.signal);
    // An input that is still open would keep the process.
    process.stdin.destroy();
    return 0;
  }
}
