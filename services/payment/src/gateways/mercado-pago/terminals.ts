import { Value } from "typebox/value";
import type { ProviderResult } from "../../domain/provider-charge.ts";
import type { Terminal } from "../payment-provider.ts";
import { TerminalsAnswer } from "./answers.ts";
import type { PlainGet } from "./plain-get.ts";

const PAGE_SIZE = 50;
const PAGES_MAX = 20;

/** The seller's card terminals. The SDK has no client for them (provider §1.6). */
export async function listTerminals(get: PlainGet): Promise<ProviderResult<readonly Terminal[]>> {
  const all: Terminal[] = [];
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const path = `/terminals/v1/list?limit=${PAGE_SIZE}&offset=${page * PAGE_SIZE}`;
    const answer = await get(path);
    if (answer.outcome !== "done") return answer;
    const terminals = terminalsOf(answer.value);
    if (terminals === null) return { outcome: "unknown", reason: "the answer has not its documented shape" };
    all.push(...terminals);
    if (terminals.length < PAGE_SIZE) break;
  }
  return { outcome: "done", value: all };
}

function terminalsOf(body: unknown): readonly Terminal[] | null {
  if (!Value.Check(TerminalsAnswer, body)) return null;
  const listed = body.terminals ?? (Array.isArray(body.data) ? body.data : body.data?.terminals);
  return (listed ?? []).map(({ id, operating_mode: mode, external_pos_id: externalPosId }) => ({
    id,
    operatingMode: mode ?? "UNDEFINED",
    externalPosId: externalPosId == null || externalPosId === "" ? null : externalPosId,
  }));
}
