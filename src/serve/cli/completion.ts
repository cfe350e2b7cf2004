// serve/cli: the registered commands with their flags -> a completion script for a shell. The script asks nothing: it holds them.

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

export interface CompletedFlag {
  /** `--limit`, `-f` … */
  names: string[];
  description: string;
}

export interface CompletedCommand {
  /** `events list` */
  words: string;
  description: string;
  flags: CompletedFlag[];
}

export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  return { bash, zsh, fish }[shell](commands);
}

/** Words that may follow each beginning of a command: `events` -> list, show, tail. */
function nextWords(commands: readonly CompletedCommand[]): Map<string, Map<string, string>> {
  const next = new Map<string, Map<string, string>>();
  for (const { words, description } of commands) {
    const parts = words.split(" ");
    for (const [index, part] of parts.entries()) {
      const before = parts.slice(0, index).join(" ");
      const known = next.get(before) ?? new Map<string, string>();
      const isLast = index === parts.length - 1;
      if (isLast || !known.has(part)) known.set(part, isLast ? description : "");
      next.set(before, known);
    }
  }
  return next;
}

function bash(commands: readonly CompletedCommand[]): string {
  const words = [...nextWords(commands)].map(
    ([before, next]) => `    "${before}") words="${[...next.keys()].join(" ")}" ;;`,
  );
  const flags = commands.map(
    ({ words: name, flags: known }) => `    "${name}") flags="${known.flatMap(({ names }) => names).join(" ")}" ;;`,
  );
  return `# Completion of auditctl for bash. Load it with: source <(auditctl completion bash)
_auditctl() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command="" words="" flags="" word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    [[ "$word" == -* ]] && break
    case "\${command:+$command }$word" in
${commandCases(commands)}
      *) break ;;
    esac
    command="\${command:+$command }$word"
  done
  case "$command" in
${words.join("\n")}
  esac
  case "$command" in
${flags.join("\n")}
  esac
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  elif [[ -n "$words" && "\${COMP_WORDS[COMP_CWORD-1]}" != -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o default -F _auditctl auditctl
`;
}

/** Every beginning of a command, as the patterns of a \`case\`. */
function commandCases(commands: readonly CompletedCommand[]): string {
  const beginnings = new Set(
    commands.flatMap(({ words }) => words.split(" ").map((_, index, parts) => parts.slice(0, index + 1).join(" "))),
  );
  return `      ${[...beginnings].map((beginning) => `"${beginning}"`).join("|")}) ;;`;
}

/** zsh understands the functions of bash, and has compgen with them. */
function zsh(commands: readonly CompletedCommand[]): string {
  const script = bash(commands).replace(/^#.*\n/, "");
  return `# Completion of auditctl for zsh. Load it with: source <(auditctl completion zsh)
autoload -U +X bashcompinit && bashcompinit
${script}`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = ["# Completion of auditctl for fish. Load it with: auditctl completion fish | source"];
  for (const [before, next] of nextWords(commands)) {
    const seen = before === "" ? "__fish_use_subcommand" : fishCondition(before, [...next.keys()]);
    for (const [word, description] of next)
      lines.push(`complete -c auditctl -f -n ${quote(seen)} -a ${word} -d ${quote(description)}`);
  }
  for (const { words, flags } of commands) {
    const condition = fishCondition(words, []);
    for (const { names, description } of flags) {
      const options = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
      lines.push(`complete -c auditctl -n ${quote(condition)} ${options.join(" ")} -d ${quote(description)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function fishCondition(words: string, notYet: readonly string[]): string {
  const seen = words.split(" ").map((word) => `__fish_seen_subcommand_from ${word}`);
  const others = notYet.length === 0 ? [] : [`not __fish_seen_subcommand_from ${notYet.join(" ")}`];
  return [...seen, ...others].join("; and ");
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
