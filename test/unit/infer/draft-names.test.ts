// Guesses by name: the singular, who did it, when, and what must not be kept.
import { describe, expect, it } from "vitest";
import {
  actorCandidates,
  createdCandidates,
  looksSecret,
  looksTechnical,
  toKebab,
  toSingular,
  toSnake,
} from "../../../src/infer/draft-names.ts";
import type { SchemaColumn } from "../../../src/model/source-schema.ts";

function columns(...names: string[]): SchemaColumn[] {
  return names.map((name) => ({ name, dataType: "datetime", columnType: "datetime", values: null }));
}

describe("names", () => {
  it.each([
    ["OrderLines", "order_lines"],
    ["  a b-c ", "a_b_c"],
    ["2fa", "x_2fa"],
    ["名前", "x"],
    ["HTTPLog", "httplog"],
  ])("%j become %s", (name, snake) => expect(toSnake(name)).toBe(snake));

  it("of packs are joined with a hyphen", () => expect(toKebab("my_shop__2")).toBe("my-shop-2"));

  it.each([
    ["sales", "sale"],
    ["order_lines", "order_line"],
    ["companies", "company"],
    ["branches", "branch"],
    ["addresses", "address"],
    ["boxes", "box"],
    ["statuses", "status"],
    ["warehouses", "warehouse"],
    ["people", "person"],
    ["status", "status"],
    ["news", "news"],
    ["film", "film"],
  ])("%s become %s in the singular", (many, one) => expect(toSingular(many)).toBe(one));
});

describe("columns", () => {
  it("that may name the user, the last writer first", () => {
    expect(actorCandidates(columns("created_by", "user_id", "UpdatedBy", "total", "staff_id"))).toEqual([
      "UpdatedBy",
      "user_id",
      "created_by",
      "staff_id",
    ]);
  });

  it("that may tell when", () => {
    expect(createdCandidates(columns("order_date", "created_at", "updated_at"), "order")).toEqual([
      "created_at",
      "order_date",
    ]);
  });

  it.each(["password", "password_hash", "api_key", "apiKey", "card_number", "cardNo", "pin", "reset_token", "iban"])(
    "%s looks like a secret",
    (name) => expect(looksSecret(columns(name)[0]!)).toBe(true),
  );

  it.each(["pinned", "discard", "passenger", "cardinality", "hashtag", "shipping"])("%s does not", (name) =>
    expect(looksSecret(columns(name)[0]!)).toBe(false),
  );
});

describe("tables", () => {
  it.each(["schema_migrations", "flyway_schema_history", "sessions", "failed_jobs"])("%s are machinery", (name) =>
    expect(looksTechnical(name)).toBe(true),
  );
  it.each(["orders", "session_notes", "job_offers"])("%s are not", (name) => expect(looksTechnical(name)).toBe(false));
});
