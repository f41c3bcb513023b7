import { type Caller, type EventStream, openEventStream } from "@comanda/service-kit";
import type { FastifyReply } from "fastify";

/** The live streams open in this process. */
export type OpenStreams = {
  readonly isFull: (caller: Caller) => boolean;
  /** Turns the reply into a stream that ends with the caller's token: when its time is over, or when it is revoked. */
  readonly open: (reply: FastifyReply, caller: Caller, onClose: () => void) => EventStream;
  /** Ends all of them; clients come back by themselves, to another process. */
  readonly closeAll: () => void;
};

/** Streams one caller may hold open at once (reliability S-19). */
const STREAMS_PER_CALLER_MAX = 20;

/** With the list of revocations read every 2 s, a stream ends within 5 s of the click (reliability AU-06). */
const LOOK_FOR_REVOKED_EVERY_MS = 1_000;

/** @param isRevoked asked about the token of every open stream, each second */
export function createOpenStreams(isRevoked: (caller: Caller) => boolean): OpenStreams {
  const streams = new Map<EventStream, Caller>();
  const counts = new Map<string, number>();

  let looking: NodeJS.Timeout | undefined;
  function watch(): void {
    looking ??= setInterval(() => {
      for (const [stream, caller] of streams) if (isRevoked(caller)) stream.close();
    }, LOOK_FOR_REVOKED_EVERY_MS).unref();
  }
  function unwatch(): void {
    clearInterval(looking);
    looking = undefined;
  }

  return {
    isFull: ({ id }) => (counts.get(id) ?? 0) >= STREAMS_PER_CALLER_MAX,
    open: (reply, caller, onClose) => {
      counts.set(caller.id, (counts.get(caller.id) ?? 0) + 1);
      const stream = openEventStream(reply, () => {
        clearTimeout(end);
        streams.delete(stream);
        if (streams.size === 0) unwatch();
        const left = (counts.get(caller.id) ?? 1) - 1;
        if (left === 0) counts.delete(caller.id);
        else counts.set(caller.id, left);
        onClose();
      });
      const end = setTimeout(stream.close, caller.expiresAt.getTime() - Date.now());
      end.unref();
      streams.set(stream, caller);
      watch();
      return stream;
    },
    closeAll: () => {
      for (const stream of streams.keys()) stream.close();
    },
  };
}
