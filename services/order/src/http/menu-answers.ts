import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Catalogue } from "../domain/catalogue.ts";
import { type Menu, type MenuView, menuFor } from "../domain/menu.ts";
import type { CatalogueCache } from "../storage/catalogue-cache.ts";

const toGzip = promisify(gzip);
const toBrotli = promisify(brotliCompress);

/** A question about the menu; `key` is null for one that is not worth remembering (free text). */
type MenuQuestion = {
  readonly view: MenuView;
  readonly key: string | null;
  /** Makes the answer, or throws a problem. */
  readonly answer: (menu: Menu) => unknown;
};

/** Answers questions about the menu with bytes made once per version of it. */
export type MenuAnswers = (
  request: FastifyRequest,
  reply: FastifyReply,
  question: MenuQuestion,
) => Promise<FastifyReply>;

type Ready = { readonly etag: string; readonly encoded: ReadonlyMap<Encoding, Buffer> };
type Encoding = "br" | "gzip" | "identity";

const REMEMBERED_MAX = 500;
/** Below this, compression saves less than its header costs. */
const COMPRESSED_MIN_BYTES = 1024;

/**
 * Reading the menu is the hottest path there is: every kiosk, phone and panel does it. Each answer is serialised and
 * compressed once per version of the menu; after that a request is a look-up, and an unchanged one a 304.
 */
export function createMenuAnswers(catalogue: CatalogueCache): MenuAnswers {
  let remembered = rememberFor(catalogue.current());

  return async (request, reply, { view, key, answer }) => {
    const current = catalogue.current();
    if (remembered.catalogue !== current) remembered = rememberFor(current);
    const { menus, answers } = remembered;
    const fullKey = `${view} ${key}`;
    let ready = key === null ? undefined : answers.get(fullKey);
    if (ready === undefined) {
      menus[view] ??= menuFor(current, view);
      const made = makeReady(answer(menus[view]), key !== null);
      if (key !== null) remember(answers, fullKey, made);
      ready = made;
    }
    // Several who ask at once share one making.
    return send(request, reply, await ready);
  };
}

type Remembered = {
  readonly catalogue: Catalogue;
  readonly menus: { [View in MenuView]?: Menu };
  readonly answers: Map<string, Ready | Promise<Ready>>;
};

function rememberFor(catalogue: Catalogue): Remembered {
  return { catalogue, menus: {}, answers: new Map() };
}

function remember(answers: Remembered["answers"], key: string, made: Promise<Ready>): void {
  if (answers.size >= REMEMBERED_MAX) answers.clear();
  answers.set(key, made);
  made.then(
    (ready) => answers.set(key, ready),
    () => answers.delete(key),
  );
}

async function makeReady(answer: unknown, isCompressed: boolean): Promise<Ready> {
  const identity = Buffer.from(JSON.stringify(answer));
  const etag = `W/"${createHash("sha256").update(identity).digest("base64url").slice(0, 22)}"`;
  const encoded = new Map<Encoding, Buffer>([["identity", identity]]);
  if (isCompressed && identity.length >= COMPRESSED_MIN_BYTES) {
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };
    const [gz, br] = await Promise.all([toGzip(identity), toBrotli(identity, quality)]);
    encoded.set("gzip", gz).set("br", br);
  }
  return { etag, encoded };
}

function send(request: FastifyRequest, reply: FastifyReply, { etag, encoded }: Ready): FastifyReply {
  reply.header("etag", etag).header("cache-control", "no-cache").header("vary", "accept-encoding, authorization");
  if (isUnchanged(request.headers["if-none-match"], etag)) return reply.code(304).send();
  const encoding = encodingFor(request.headers["accept-encoding"]);
  const bytes = encoded.get(encoding);
  if (bytes !== undefined && encoding !== "identity") reply.header("content-encoding", encoding);
  return reply.type("application/json; charset=utf-8").send(bytes ?? encoded.get("identity"));
}

/** Weak comparison of `If-None-Match` (RFC 9110 §13.1.2). */
export function isUnchanged(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag || ifNoneMatch === "*") return true;
  const opaque = etag.replace(/^W\//, "");
  return ifNoneMatch.split(",").some((each) => each.trim().replace(/^W\//, "") === opaque);
}

const chosenEncodings = new Map<string, Encoding>();

/** The best of our encodings that `Accept-Encoding` allows (RFC 9110 §12.5.3). */
function encodingFor(acceptEncoding: string | undefined): Encoding {
  if (acceptEncoding === undefined || acceptEncoding.length > 200) return "identity";
  const known = chosenEncodings.get(acceptEncoding);
  if (known !== undefined) return known;
  const allowed = new Set(
    acceptEncoding
      .toLowerCase()
      .split(",")
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(";", 1)[0]?.trim()),
  );
  const chosen = allowed.has("br") ? "br" : allowed.has("gzip") ? "gzip" : "identity";
  // Browsers send a handful of different values; whoever sends more is not worth remembering.
  if (chosenEncodings.size < 100) chosenEncodings.set(acceptEncoding, chosen);
  return chosen;
}
