import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Answer, Claim, Idempotency } from "../idempotency.ts";
import { isRefusedToken, type Seller } from "../sellers.ts";
import type { World } from "../world.ts";
import { bodyRefusal } from "./body-errors.ts";
import { earlyRefusal, type Family, unauthorized } from "./refusals.ts";

/** What an operation is called with; `body` has the shape its schema promised. */
export type Call<Body> = {
  seller: Seller;
  params: Record<string, string>;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Body;
};

/** One operation of the Mercado Pago API. `run` is synchronous: nothing can come between its reads and its writes. */
export type Operation<Body> = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  url: string;
  family: Family;
  /** Whether a write must name itself by `X-Idempotency-Key`. */
  key?: "required" | "optional";
  /** JSON schema of the body. */
  body?: object;
  run: (call: Call<Body>) => Answer;
};

/** Adds operations to a scope: token, faults, validation, idempotency and durability happen here, once for all. */
export type AddOperation = <Body = undefined>(operation: Operation<Body>) => void;

/** Builds the adder of operations of a scope. */
export const makeAddOperation = (
  app: FastifyInstance,
  deps: { world: World; idempotency: Idempotency },
): AddOperation => {
  return (operation) => {
    const { method, url, family, body } = operation;
    app.route({
      method,
      url,
      config: { family },
      attachValidation: true,
      ...(body !== undefined && { schema: { body } }),
      onRequest: async (request, reply) => {
        if (await strikeBefore(deps.world, { family, request, reply })) return reply;
        const seller = sellerOf(deps.world, request);
        if (seller === undefined) return send(reply, unauthorized(family, request.headers.authorization !== undefined));
        request.seller = seller;
        return undefined;
      },
      handler: async (request, reply) => {
        const { seller } = request;
        if (seller === null) throw new Error("the token of this request was not checked");
        return answer({ ...deps, operation, request, reply, seller });
      },
    });
  };
};

/** Faults that strike before anything is done. Answers whether one did. */
const strikeBefore = async (
  { faults }: World,
  call: { family: Family; request: FastifyRequest; reply: FastifyReply },
): Promise<boolean> => {
  const settings = faults.get();
  if (settings.down) {
    cut(call);
    return true;
  }
  if (settings.fail_next > 0) faults.set({ fail_next: settings.fail_next - 1 });
  if (settings.fail_next > 0 || faults.roll(settings.error_rate)) {
    await send(call.reply, earlyRefusal(call.family, "internal_error"));
    return true;
  }
  if (faults.roll(settings.rate_limit_rate)) {
    await send(call.reply.header("retry-after", "1"), earlyRefusal(call.family, "too_many_requests"));
    return true;
  }
  return false;
};

type Work<Body> = {
  world: World;
  idempotency: Idempotency;
  operation: Operation<Body>;
  request: FastifyRequest;
  reply: FastifyReply;
  seller: Seller;
};

const answer = async <Body>({
  world,
  idempotency,
  operation,
  request,
  reply,
  seller,
}: Work<Body>): Promise<FastifyReply> => {
  const { family, method } = operation;
  const key = request.headers["x-idempotency-key"];
  if (operation.key === "required" && (typeof key !== "string" || key === ""))
    return send(reply, earlyRefusal(family, "empty_required_header", ["X-Idempotency-Key"]));
  if (request.validationError !== undefined)
    return send(reply, bodyRefusal(family, request.validationError.validation));

  const claim: Claim =
    operation.key !== undefined && typeof key === "string" && key !== ""
      ? idempotency.claim({
          // Nobody documents whether two tokens of one application share their keys; a client must be safe where not.
          token: tokenOf(request) ?? "",
          method,
          path: request.url.replace(/\/?(\?.*)?$/, ""),
          key,
          rawBody: request.rawBody,
        })
      : { kind: "fresh", remember: () => {}, release: () => {} };
  switch (claim.kind) {
    case "in_flight":
      return send(reply, earlyRefusal(family, "resource_locked"));
    case "other_body":
      return send(reply, earlyRefusal(family, "idempotency_key_already_used"));
    case "replay":
      return finish({ world, request, reply, status: claim.status, bodyText: claim.bodyText });
    case "fresh":
      try {
        await sleepFor(world.faults.get().latency_ms);
        const result = world.store.transact(() => {
          const done = operation.run(callOf<Body>(request, seller));
          claim.remember(done);
          return done;
        });
        const bodyText = result.body === undefined ? "" : JSON.stringify(result.body);
        return await finish({ world, request, reply, status: result.status, bodyText });
      } finally {
        claim.release();
      }
  }
};

/** Says nothing before it is on disk; and sometimes, when a fault asks for it, nothing at all. */
const finish = async (end: {
  world: World;
  request: FastifyRequest;
  reply: FastifyReply;
  status: number;
  bodyText: string;
}): Promise<FastifyReply> => {
  const { world, request, reply, status, bodyText } = end;
  await world.store.durable();
  await sleepFor(world.faults.get().answer_delay_ms);
  if (request.method !== "GET" && world.faults.roll(world.faults.get().timeout_after_commit_rate)) {
    cut({ request, reply });
    return reply;
  }
  reply.code(status);
  return bodyText === "" ? reply.send() : reply.type("application/json; charset=utf-8").send(bodyText);
};

const sleepFor = async (ms: number) => (ms > 0 ? sleep(ms) : undefined);

const cut = ({ request, reply }: { request: FastifyRequest; reply: FastifyReply }) => {
  reply.hijack();
  request.raw.socket.destroy();
};

const send = (reply: FastifyReply, { status, body }: Answer) => reply.code(status).send(body);

const sellerOf = (world: World, request: FastifyRequest): Seller | undefined => {
  const token = tokenOf(request);
  const seller = token === undefined ? undefined : world.sellers.byToken(token);
  if (token === undefined || seller === undefined) return undefined;
  return isRefusedToken(seller, token, world.faults.get().refused_tokens) ? undefined : seller;
};

const tokenOf = (request: FastifyRequest): string | undefined =>
  /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];

const callOf = <Body>(request: FastifyRequest, seller: Seller): Call<Body> => ({
  seller,
  params: textsOf(request.params),
  query: textsOf(request.query),
  headers: textsOf(request.headers),
  body: request.body as Body, // the schema of the operation has been checked above
});

/** The text members of parsed parameters; of a repeated one, the first. */
const textsOf = (values: unknown): Record<string, string> => {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(values ?? {})) {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof first === "string") texts[name] = first;
  }
  return texts;
};
