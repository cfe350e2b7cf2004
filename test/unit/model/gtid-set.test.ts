// GTID sets of both servers: which transactions they hold, and whether one holds all of another.
import { describe, expect, it } from "vitest";
import { countMissing, parseGtidSet } from "../../../src/model/gtid-set.ts";

const uuid = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
const other = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

describe("a GTID set", () => {
  it.each([
    [`${uuid}:1-5:9`, `${uuid}:5`, true],
    [`${uuid}:1-5:9`, `${uuid}:9`, true],
    [`${uuid}:1-5:9`, `${uuid}:7`, false],
    [`${uuid}:1-5`, `${other}:1`, false],
    [`${uuid.toUpperCase()}:1-5,\n${other}:3`, `${other}:3`, true],
    [`${uuid}:1-5:tag:7-8`, `${uuid}:tag:7`, true],
    [`${uuid}:1-5:tag:7-8`, `${uuid}:7`, false],
    [`${uuid}:1-9007199254740993`, `${uuid}:9007199254740994`, false],
    ["0-1-57,3-2-8", "0-9-57", true],
    ["0-1-57,3-2-8", "3-2-9", false],
    ["0-1-57", "1-1-1", false],
    ["", "0-1-1", false],
  ])("%s holds %s: %s", (set, gtid, held) => expect(parseGtidSet(set).has(gtid)).toBe(held));

  it.each([
    [`${uuid}:1-9`, `${uuid}:1-3:5`, true],
    [`${uuid}:1-9`, `${uuid}:1-10`, false],
    [`${uuid}:1-9`, `${uuid}:1,${other}:1`, false],
    [`${uuid}:1-9`, "", true],
    ["0-1-57,1-1-3", "0-2-50", true],
    ["0-1-57", "0-1-57,1-1-3", false],
  ])("%s covers %s: %s", (set, part, covered) => expect(parseGtidSet(set).covers(parseGtidSet(part))).toBe(covered));

  it("refuses what is no number", () => expect(() => parseGtidSet(`${uuid}:1-x`)).toThrow(SyntaxError));
});

it.each([
  ["nothing", "", "", 0],
  ["all", `${uuid}:1-5`, "", 5],
  ["holes", `${uuid}:1-10`, `${uuid}:2-3:5:9-20`, 5],
  ["tags and another server", `${uuid}:1-5:tag:1-3,${other}:7`, `${uuid}:1-5`, 4],
  ["MariaDB's domains", "0-1-57,5-2-3", "0-2-50", 10],
  ["more than the server", `${uuid}:1-5`, `${uuid}:1-9`, 0],
  ["numbers beyond 2^53", `${uuid}:1-9223372036854775807`, `${uuid}:1-9223372036854775800`, 7],
])("counts what is missing: %s", (_what, executed, stored, missing) => {
  expect(countMissing(parseGtidSet(executed), parseGtidSet(stored))).toBe(missing);
});
