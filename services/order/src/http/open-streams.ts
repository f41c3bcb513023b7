import { type Caller, type EventStream, openEventStream } from "@comanda/service-kit";
import type { FastifyReply } from "fastify";

/** The live streams open in this process. */
export type OpenStreams = {
  readonly isFull: (caller: Caller) => boolean;
  /** Turns the reply into a stream that ends with the caller's token at the latest. */
  readonly open: (reply: FastifyReply, caller: Caller, onClose: () => void) => EventStream;
  /** Ends all of them; clients come back by themselves, to another process. */
  readonly closeAll: () => void;
};

/** Streams one caller may hold open at once (reliability S-19). */
const STREAMS_PER_CALLER_MAX = 20;

export function createOpenStreams(): OpenStreams {
  const streams = new Set<EventStream>();
  const counts = new Map<string, number>();

  return {
    isFull: ({ id }) => (counts.get(id) ?? 0) >= STREAMS_PER_CALLER_MAX,
    open: (reply, caller, onClose) => {
      counts.set(caller.id, (counts.get(caller.id) ?? 0) + 1);
      const stream = openEventStream(reply, () => {
        clearTimeout(end);
        streams.delete(stream);
        const left = (counts.get(caller.id) ?? 1) - 1;
        if (left === 0) counts.delete(caller.id);
        else counts.set(caller.id, left);
        onClose();
      });
      const end = setTimeout(stream.close, caller.expiresAt.getTime() - Date.now());
      end.unref();
      streams.add(stream);
      return stream;
    },
    closeAll: () => {
      for (const stream of streams) stream.close();
    },
  };
}
