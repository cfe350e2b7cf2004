// serve/mcp: an error -> what an assistant is told: our code, message and hint, inert and short; never a stack.
import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { AppError, type ErrorCode, errorFields, type ErrorJson } from "../../model/app-error.ts";
import type { Logger } from "../../lib/logger.ts";
import { assistantJson, assistantLine, wholeCharacters } from "./assistant-json.ts";

/** Messages repeat what was asked, and that can be long. */
const lineCharactersMax = 500;
const detailsMax = 5;

export type McpLog = Pick<Logger, "error" | "debug">;

/** JSON-RPC codes, as MCP uses them. */
export const rpcCodes = { resourceNotFound: -32_002, invalidParams: -32_602, internalError: -32_603 } as const;

/** Anything that is not an AppError is a bug: logged with its stack here, told without. */
export function toAppError(error: unknown, log: McpLog | undefined, tool?: string): AppError {
  if (error instanceof AppError) {
    log?.debug({ ...errorFields(error), tool }, "an assistant was answered with an error");
    return error;
  }
  log?.error({ ...errorFields(error), tool }, "bug in an answer to an assistant");
  return new AppError("bug", "audit-overlay has a bug and cannot answer this", {
    hint: "The log of the program has more. Please report it.",
  });
}

/** `{"error":{"code","message","hint"}}`, as on every face. */
export function errorText(error: AppError): string {
  return assistantJson(shortError(error));
}

/** For what has no `isError`: resources and prompts. */
export function toRpcError(error: AppError, notFound: number = rpcCodes.invalidParams): McpError {
  const codes: Partial<Record<ErrorCode, number>> = {
    "usage.query": rpcCodes.invalidParams,
    "trace.not_found": notFound,
  };
  const told = shortError(error);
  return new McpError(
    codes[error.code] ?? rpcCodes.internalError,
    assistantLine(told.error.message, lineCharactersMax),
    told,
  );
}

function shortError(error: AppError): { error: ErrorJson } {
  const cut = (text: string): string => {
    const start = wholeCharacters(text, lineCharactersMax);
    return start.length < text.length ? `${start}…` : start;
  };
  const { code, message, hint, details = [] } = error.toJSON().error;
  return {
    error: {
      code,
      message: cut(message),
      hint: cut(hint),
      ...(details.length > 1 ? { details: details.slice(0, detailsMax).map(cut) } : {}),
    },
  };
}
