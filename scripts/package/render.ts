// Sizes and times of a package as words.
import type { Package } from "./pack.ts";
import type { Installation } from "./install.ts";

export function describeSize({ version, bytes, unpackedBytes, files }: Package): string {
  return `audit-overlay ${version}: ${kilobytes(bytes)} packed, ${kilobytes(unpackedBytes)} unpacked, ${files.length} files`;
}

export function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1_000).toLocaleString("en")} kB`;
}

/** Of 20 runs the eleventh. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** What was measured on one Node.js. */
export interface Trial {
  node: string;
  npm: string;
  install: Installation;
  scriptlessSeconds: number;
  versionMs: number[];
  helpMs: number;
  commands: number;
  calls: number;
  demo: { way: string; seconds: number };
  serviceMs: number;
}

export function describeTrial(trial: Trial): string[] {
  const { install, versionMs, demo } = trial;
  const [least, most] = [Math.min(...versionMs), Math.max(...versionMs)];
  return [
    `Node.js ${trial.node}, npm ${trial.npm}`,
    `  installed   ${install.seconds.toFixed(1)} s; ${kilobytes(install.bytes)} in ${install.packages} packages; without scripts ${trial.scriptlessSeconds.toFixed(1)} s`,
    `  --version   median ${median(versionMs).toFixed(0)} ms, ${least.toFixed(0)} to ${most.toFixed(0)} of ${versionMs.length}; --help ${trial.helpMs.toFixed(0)} ms`,
    `  demo        ${demo.seconds.toFixed(0)} s, its own count equal, server from: ${demo.way}`,
    `  commands    doctor, first steps and the rest: ${trial.calls} calls as they should be; --help of ${trial.commands}`,
    `  serve       first answer after ${trial.serviceMs.toFixed(0)} ms, stopped in order`,
  ];
}
