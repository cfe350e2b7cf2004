import { describe, expect, it } from "vitest";
import { anomalyKinds } from "../../../generator/anomaly.ts";
import { parseProgramArgs } from "../../../generator/program-args.ts";
import { sourceError } from "../../../generator/source-error.ts";
import { defaultTrade } from "../../../generator/trade-options.ts";
import { AppError } from "../../../src/model/app-error.ts";

const url = "mysql://root:s3cret@127.0.0.1:3306";

describe("parseProgramArgs", () => {
  it("needs only an address", () => {
    const trade = defaultTrade;
    expect(parseProgramArgs(["--url", url])).toEqual({
      url,
      passwordFile: undefined,
      once: false,
      database: "pharmacy",
      trade,
      truth: undefined,
      json: false,
    });
  });

  it("takes every flag", () => {
    const argv =
      "--database shop --seed 1 --days 2 --from 2027-03-04 --branches 3 --sales 5 --rates returns=0.5,voids=0 " +
      "--anomalies shrinkage,refund-ring --truth t.json --json --password-file p --once";
    const trade = {
      seed: 1,
      days: 2,
      from: "2027-03-04",
      branches: 3,
      salesPerBranchDay: 5,
      rates: { ...defaultTrade.rates, returns: 0.5, voids: 0 },
      anomalies: ["shrinkage", "refund-ring"],
    };
    const expected = { url, passwordFile: "p", database: "shop", trade, truth: "t.json", json: true, once: true };
    expect(parseProgramArgs(["--url", url, ...argv.split(" ")])).toEqual(expected);
  });

  it("takes no anomalies, or all of them", () => {
    const anomaliesOf = (text: string): unknown => parseProgramArgs(["--url", url, "--anomalies", text]);
    expect(anomaliesOf("none")).toMatchObject({ trade: { anomalies: [] } });
    expect(anomaliesOf("all")).toMatchObject({ trade: { anomalies: anomalyKinds } });
  });

  it("gives help before it asks for anything else", () => {
    expect(parseProgramArgs(["--help"])).toBe("help");
  });

  it.each([
    [[], /--url is missing/],
    [["--url", "localhost"], /--url is not/],
    [["--url", "http://root:s3cret@h"], /--url is not/],
    [["--url", url, "--days", "ten"], /--days: "ten"/],
    [["--url", url, "--days", "0"], /days: 0/],
    [["--url", url, "--days=-1"], /--days: "-1"/],
    [["--url", url, "--rates", "returns"], /--rates: "returns"/],
    [["--url", url, "--rates", "profits=1"], /--rates: "profits=1"/],
    [["--url", url, "--rates", "returns=2"], /rate returns: 2/],
    [["--url", url, "--anomalies", "ghosts"], /--anomalies: "ghosts"/],
    [["--url", url, "--wrong"], /--wrong/],
    [["--url", url, "more"], /more/],
  ])("refuses %j as a usage error that keeps the password to itself", (argv, message) => {
    const error = caught(() => parseProgramArgs(argv));
    expect(error).toMatchObject({ code: "usage.argument", message: expect.stringMatching(message) });
    expect(error.message + error.hint).not.toContain("s3cret");
  });
});

describe("sourceError", () => {
  it.each([
    ["ECONNREFUSED", "source.unreachable"],
    ["ER_ACCESS_DENIED_ERROR", "source.access_denied"],
    ["ER_DBACCESS_DENIED_ERROR", "demo.failed"],
  ])("makes %s a %s", (code, expected) => {
    const error = sourceError(Object.assign(new Error("it broke"), { code }), url);
    expect(error).toMatchObject({ code: expected });
    expect((error as AppError).message).not.toContain("s3cret");
  });

  it("leaves a bug a bug", () => {
    const bug = new TypeError("x is not a function");
    expect(sourceError(bug, url)).toBe(bug);
  });
});

function caught(act: () => unknown): AppError {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
