// Takes a container; gives a shell in it that keeps its folder and variables from block to block, as a terminal does.
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

export interface Ran {
  output: string;
  /** That of the first command of the block that failed; 0 when none did. */
  exit: number;
}

const pollMs = 50;

export class Terminal implements Disposable {
  readonly #shell: ChildProcess;
  #printed = "";
  #blocks = 0;

  constructor(container: string, environment: Readonly<Record<string, string>>) {
    const settings = Object.entries(environment).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    this.#shell = spawn("docker", ["exec", "-i", "-w", "/root", ...settings, container, "bash"], { stdio: "pipe" });
    for (const stream of [this.#shell.stdout, this.#shell.stderr])
      stream?.on("data", (chunk: Buffer) => {
        this.#printed += chunk.toString();
      });
    this.#type("exec 2>&1");
  }

  /** Types a block and waits for its end. */
  async run(block: string, timeoutMs: number): Promise<Ran> {
    const end = this.#begin(block);
    const match = await this.#waitFor(end, timeoutMs, block);
    const output = this.#printed.slice(0, match.index);
    this.#printed = "";
    return { output, exit: Number(match[1]) };
  }

  /** Types a block that does not end, and waits until what it prints satisfies. */
  async leaveRunning(block: string, isThere: (output: string) => boolean, timeoutMs: number): Promise<Ran> {
    const end = this.#begin(block);
    const deadline = Date.now() + timeoutMs;
    while (!isThere(this.#printed)) {
      const ended = end.exec(this.#printed);
      if (ended !== null) return { output: this.#printed, exit: Number(ended[1]) || 1 };
      if (Date.now() > deadline) return { output: this.#printed, exit: -1 };
      await delay(pollMs);
    }
    return { output: this.#printed, exit: 0 };
  }

  /** Waits for the end of the block that was left running, once somebody has stopped it. */
  async untilEnded(timeoutMs: number): Promise<void> {
    await this.#waitFor(new RegExp(`end-of-block-${this.#blocks} \\d+`), timeoutMs, "Ctrl-C");
  }

  [Symbol.dispose](): void {
    this.#shell.kill("SIGKILL");
  }

  #begin(block: string): RegExp {
    const mark = `end-of-block-${++this.#blocks}`;
    this.#printed = "";
    // A program must not read what is typed after it, nor leave the shell's input in another mode: it is given none.
    const typed = `failed=0; trap 'failed=$?' ERR\n{\n${block}\n} </dev/null`;
    // The mark is cut in two, so that what is typed is never taken for what is printed.
    this.#type(`${typed}\nprintf '\\n%s%s %s\\n' end-of- block-${this.#blocks} "$failed"`);
    return new RegExp(`\\n?${mark} (\\d+)\\n`);
  }

  #type(text: string): void {
    this.#shell.stdin?.write(`${text}\n`);
  }

  async #waitFor(pattern: RegExp, timeoutMs: number, block: string): Promise<RegExpExecArray> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const match = pattern.exec(this.#printed);
      if (match !== null) return match;
      if (this.#shell.exitCode !== null) throw new Error(`the terminal ended in:\n${block}\n${this.#printed}`);
      if (Date.now() > deadline) throw new Error(`no end after ${timeoutMs / 1000} s:\n${block}\n${this.#printed}`);
      await delay(pollMs);
    }
  }
}
