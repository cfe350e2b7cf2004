// serve: what a person says of an anomaly -> a service elsewhere.
import { type MarkAnswer, markAnswerSchema, type MarkInput, markPath } from "../model/anomaly-mark.ts";
import { requestPath } from "./http/question-path.ts";
import { notOurs, type RemoteService, requestService, serviceUrl } from "./remote-service.ts";

/** @throws AppError as the service gave it; service.unreachable where there is none, or it is not ours */
export async function markRemoteAnomaly(
  service: RemoteService,
  id: string,
  { state, note }: MarkInput,
): Promise<MarkAnswer> {
  const path = requestPath(markPath, { id });
  const response = await requestService(service, path, undefined, { state, note: note ?? null });
  const parsed = markAnswerSchema.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw notOurs(serviceUrl(service.url, path), `${issue?.path.join(".")}: ${issue?.message}`);
}
